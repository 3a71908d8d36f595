"""The attacker on published tables: what it finds in small ones, and in the school table of 2023."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.release.attacker.subtraction import given_away
from orchestration.release.attacker.table import TableError, read_puzzle, read_structure
from orchestration.settings import PROJECT_DIR

DATA = PROJECT_DIR / "tests" / "data" / "disclosure"
STRUCTURE = """
key: [school]
hidden: [c]
nothing: ["-"]
sums:
  sex: {total: roll, parts: [f, m]}
  stage: {total: roll, parts: [p1, p2, p3]}
"""


def _given(folder: Path, *rows: str):
    (folder / "t.csv").write_text("school,roll,f,m,p1,p2,p3\n" + "\n".join(rows) + "\n")
    (folder / "t.yml").write_text(STRUCTURE)
    return given_away(read_puzzle(folder / "t.csv", read_structure(folder / "t.yml")))


def test_a_figure_alone_in_its_sum_is_subtracted(tmp_path: Path) -> None:
    given = _given(tmp_path, "a,20,10,10,c,8,9")
    assert given.alone == ("p1 of a",)
    assert not given.by_programs


def test_a_figure_of_five_or_more_alone_is_none_of_a_few(tmp_path: Path) -> None:
    assert _given(tmp_path, "a,20,10,10,c,8,-").alone == ()


def test_two_that_add_up_to_two_are_one_each(tmp_path: Path) -> None:
    assert _given(tmp_path, "a,20,10,10,c,c,18").of_two == ("p1 of a", "p2 of a")


def test_programs_find_what_has_to_lie_between_one_and_four(tmp_path: Path) -> None:
    assert _given(tmp_path, "a,20,10,10,c,c,15").by_programs == ("p1 of a", "p2 of a")
    assert _given(tmp_path, "a,20,10,10,c,c,14").by_programs == ()


def test_groups_in_which_no_numbers_fit_are_told_apart(tmp_path: Path) -> None:
    given = _given(tmp_path, "a,2,1,1,c,c,c", "b,20,10,10,c,8,9")
    assert set(given.contradicting) == {"p1 of a", "p2 of a", "p3 of a"}
    assert given.alone == ("p1 of b",)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("hidden: [c]", "hiden: [c]", "hiden is not known; known are key, hidden, nothing, least, sums; did you mean"),
        ("parts: [f, m]", "parts: [f, male]", "has no column male; known are"),
        ("key: [school]", "key: school", "key has to be a list of texts"),
        ("total: roll, parts: [f, m]", "total: roll", "sums.sex has to have a total and parts"),
        ('nothing: ["-"]', "nothing: []", "line 2, column p3 is neither a number nor a sign"),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in STRUCTURE
    (tmp_path / "t.csv").write_text("school,roll,f,m,p1,p2,p3\na,20,10,10,c,8,-\n")
    (tmp_path / "t.yml").write_text(STRUCTURE.replace(before, after))
    with pytest.raises(TableError, match=said):
        read_puzzle(tmp_path / "t.csv", read_structure(tmp_path / "t.yml"))


def test_the_school_table_of_2023_gives_264_figures_away_by_hand() -> None:
    given = given_away(
        read_puzzle(DATA / "school_table_2023.csv", read_structure(DATA / "school_table_2023.yml")),
    )
    assert (len(given.alone), len(given.of_two)) == (2, 262)
    assert len(given.by_programs) == 1630
    assert len(given.contradicting) == 91


def test_the_command_says_how_many_and_ends_with_its_code() -> None:
    files = ["--csv", str(DATA / "school_table_2023.csv"), "--structure", str(DATA / "school_table_2023.yml")]
    result = CliRunner().invoke(app, ["audit-disclosure", *files])
    assert result.exit_code == 3
    assert "8,962 figures are hidden; given away are 2 by one subtraction, 262 by a sum of two" in " ".join(
        result.output.split()
    )
