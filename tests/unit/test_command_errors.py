"""What is asked for wrongly ends with one clear message and an exit code, never with a traceback."""

import sys
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.cli.output import Exit, print_rows, say_error


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["warehouse", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WAREHOUSE_TARGET", "oracle"),
        ("WAREHOUSE_PG_PORT", "http"),
        ("WAREHOUSE_PG_PORT", "0"),
        ("WAREHOUSE_THREADS", "99"),
        ("WAREHOUSE_ENVIRONMENT", "[/prod]"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It once ended in a traceback: the place of the log file is a setting as well."""
    monkeypatch.setenv(variable, value)
    assert run(monkeypatch, "status") == Exit.FAILED
    assert variable in capfd.readouterr().err


def test_a_home_that_cannot_be_written_is_an_error_in_words(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("WAREHOUSE_HOME", str(tmp_path / "file" / "home"))
    assert run(monkeypatch, "status") == Exit.FAILED
    assert "Error" in capfd.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--authority", "Nowhere", "--years", "2025/26"),
        ("--authority", "[/Nowhere]", "--years", "2025/26"),
        ("--authority", ";", "--years", "2025/26"),
        ("--authority", "Fife", "--years", "2025"),
        ("--authority", "Fife", "--years", "2025/27"),
        ("--authority", "Fife", "--years", "2099/00"),
        ("--authority", "Fife", "--years", "2025/26", "--daily", "-1"),
        ("--authority", "Fife", "--years", "2025/26", "--seed", "-1"),
        ("--authority", "Fife", "--years", "2025/26", "--faults", "nan"),
        ("--authority", "Fife", "--years", "2025/26", "--until", "31/10/2025"),
        ("--authority", "Fife", "--years", "2025/26", "--until", "2020-01-01"),
    ],
)
def test_extracts_that_cannot_be_made_are_a_wrong_call(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, "synth", *arguments, "--out", str(tmp_path / "made")) == Exit.USAGE
    assert "Error" in capfd.readouterr().err
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("asked", [("Nowhere", "Orkney"), ("Orkney", "Nowhere"), ("Orkney;Nowhere;",)])
def test_authorities_may_be_named_in_one_option_or_in_several(
    asked: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The last one used to win without a word."""
    options = [word for name in asked for word in ("--authority", name)]
    assert run(monkeypatch, "synth", *options, "--years", "2025/26,", "--out", str(tmp_path)) == Exit.USAGE
    assert "'Nowhere'" in capfd.readouterr().err


def test_square_brackets_are_text(capfd: pytest.CaptureFixture[str]) -> None:
    """A name such as [/x] once broke the very message that it was wrong."""
    say_error("there is no [/x] and no [red]y[/red]")
    print_rows([{"reason": "[/x]", "who": "[bold]z[/]"}], "Rows of [/x]", "", json_output=False)
    print_rows([], "Rows", "[/x] is not known", json_output=False)
    printed = capfd.readouterr()
    assert "there is no [/x] and no [red]y[/red]" in printed.err
    assert "Rows of [/x]" in printed.out
    assert "[bold]z[/]" in printed.out
    assert "[/x] is not known" in printed.out
