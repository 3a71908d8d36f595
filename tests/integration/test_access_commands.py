"""`warehouse access`, as a person types it."""

import subprocess
from pathlib import Path

from orchestration.settings import PROJECT_DIR, Settings
from tests.support.main_job import WAREHOUSE, environment, warehouse

SCHOOL = ("--school", "1003020", "--sector", "primary")


def test_a_scope_is_given_listed_and_taken_back(settings: Settings) -> None:
    more = ("--email", "typed@example.org", "--until", "2999-07-31")
    done = warehouse(settings, "access", "grant", "typed", *SCHOOL, *more)
    assert done.code == 0, done.errors
    assert "primary school 1003020 is given to typed" in done.output
    assert "already" in warehouse(settings, "access", "grant", "typed", *SCHOOL, *more).output
    listed = [row for row in warehouse(settings, "access", "list", "--json").json() if row["reader"] == "typed"]
    assert [(row["school"], row["sector"], row["authority"], row["state"]) for row in listed] == [
        ("1003020", "primary", "S12000005", "in force")
    ]
    seen = [row for row in warehouse(settings, "access", "review", "--json").json() if row["who"] == "typed"]
    assert seen[0]["sees"] == "primary school 1003020 of S12000005"
    assert warehouse(settings, "access", "revoke", "typed").code == 0
    states = [row["state"] for row in warehouse(settings, "access", "list", "--all", "--json").json()
              if row["reader"] == "typed"]  # fmt: skip
    assert set(states) == {"revoked"}


def test_words_that_fit_nothing_are_answered_in_words(settings: Settings) -> None:
    wrong = {
        ("grant", "x", "--authority", "Atlantis"): "no authority 'Atlantis'",
        ("grant", "x", "--school", "1003020"): "name the sector",
        ("grant", "x", "--school", "1003020", "--sector", "special"): "has no sector special",
        ("grant", "x", "--school", "12", "--sector", "special"): "seven digits",
        ("grant", "x", "--school", "9999999", "--sector", "primary"): "name its authority too",
        ("grant", "x", *SCHOOL, "--authority", "Falkirk"): "not of S12000014",
        ("grant", "x", "--cluster", "Nowhere"): "no cluster 'Nowhere'",
        ("grant", "x"): "name what the reader may see",
        ("grant", "x", *SCHOOL, "--until", "2001-01-01"): "is over",
        ("revoke", "nobody-of-that-name"): "no reader",
        ("revoke",): "name a reader",
        ("revoke", "--scope", "999999"): "no scope 999999",
        ("import-clusters", "nowhere.csv"): "no file",
        ("examples", "--authority", "Falkirk"): "nothing has been released of S12000014",
    }
    for arguments, said in wrong.items():
        done = warehouse(settings, "access", *arguments)
        assert done.code in {1, 2}, arguments
        assert said in " ".join(done.errors.split()), (arguments, done.errors)
        assert "Traceback" not in done.errors


def test_clusters_come_from_a_file_or_from_standard_input(settings: Settings, tmp_path: Path) -> None:
    text = "authority,cluster_name,seed_code,sector\nMoray,Speyside,1000011,primary\n"
    file = tmp_path / "clusters.csv"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())  # as Excel writes it
    assert "1 cluster with 1 school." in warehouse(settings, "access", "import-clusters", str(file)).output
    done = subprocess.run(
        [WAREHOUSE, "access", "import-clusters", "-", "--json"], input=text, env=environment(settings),
        cwd=PROJECT_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert '"schools": 1' in done.stdout


def test_readers_of_a_demonstration_for_a_council_of_ones_own(released: Settings) -> None:
    made = warehouse(released, "access", "examples", "--authority", "Clackmannanshire")
    assert made.code == 0, made.errors
    assert "S12000005: " in made.output
    assert warehouse(released, "access", "examples").output.strip() == "S12000005: they are there already"
    readers = {row["reader"] for row in warehouse(released, "access", "list", "--json").json()}
    assert {"officer", "head-primary", "head-secondary", "head-special", "cluster-lead"} <= readers


def test_each_command_has_help_with_an_example(settings: Settings) -> None:
    for command in ("grant", "revoke", "list", "review", "import-clusters"):
        done = warehouse(settings, "access", command, "--help")
        assert done.code == 0
        assert "Example" in done.output, command
