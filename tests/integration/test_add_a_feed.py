"""What the page for data engineers works through does work: a feed, a subject, a test of it that fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import Settings
from tests.support.extracts import deliver, extract
from tests.support.main_job import rows
from tests.support.ready_runs import ReadyRuns
from tests.support.small_council import PRIMARY, SECONDARY, children
from tests.support.worked_example import as_snapshot, copy_of_project, files_of_page, run

COLUMNS = ("scn", "seed_code", "loan_date", "loans", "recorded_at")
NOBODY = "173000006"  # a right candidate number that no pupil has
LINES = """
select hop, delivery_key, seed_code, amount_in, amount_out, explained, is_closed
from control.reconciliation where feed = %s order by 1, 2, 3
"""


@dataclass(frozen=True)
class Library:
    """A warehouse after two deliveries of both feeds, and the project that made it."""

    settings: Settings
    project: Path
    commands: ReadyRuns


def _row(number: int, day: str, loans: int, recorded: str = "") -> list[str]:
    child = children()[number]
    return [child.scn, child.school, day, str(loans), f"{recorded or day}T10:00:00+01:00"]


@pytest.fixture(scope="module")
def library(copied: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    files = files_of_page()
    project = copy_of_project(tmp_path_factory.mktemp("library"), {**files, **as_snapshot(files)})
    settings = copied(waiting=False)
    commands = ReadyRuns(project)
    assert run(commands, settings, "contracts").code == 0
    first = [_row(0, "2025-09-22", 2), _row(1, "2025-09-22", 3), _row(60, "2025-09-22", 1)]
    first.append([NOBODY, PRIMARY, "2025-09-22", "5", "2025-09-22T10:00:00+01:00"])
    first.append([first[0][0], PRIMARY, "2025-09-23", "many", "2025-09-23T10:00:00+01:00"])
    second = [_row(1, "2025-09-22", 7, "2025-09-30"), _row(2, "2025-09-30", 4)]
    for day, found in (("2025-09-29", first), ("2025-09-30", second)):
        feeds = [
            extract("library_loans", found, COLUMNS).saying(kind="delta"),
            extract("library_cards", found, COLUMNS).saying(kind="snapshot"),
        ]
        deliver(settings.landing, feeds, day)
    done = run(commands, settings, "run", "--json")
    assert done.code in {0, 3}, done.output[-2000:] + done.errors[-2000:]
    yield Library(settings, project, commands)
    commands.end()


def test_a_feed_is_few_files_in_its_own_folders() -> None:
    files = files_of_page()
    until_balanced = [path for path in files if "pseudonymised" not in path and "aggregated" not in path]
    assert len(until_balanced) <= 6
    assert all("library" in path for path in files)


def test_the_rows_that_count_are_in_the_exact_mart(library: Library) -> None:
    query = "select seed_code, academic_year, pupils, loans from aggregated_exact.{}_by_school order by 1"
    primary, secondary = int(PRIMARY), int(SECONDARY)
    assert rows(library.settings, "transformer", query.format("loans")) == [
        (primary, "2025/26", 3, 2 + 7 + 4),
        (secondary, "2025/26", 1, 1),
    ]
    # of a snapshot the latest counts
    assert rows(library.settings, "transformer", query.format("cards")) == [(primary, "2025/26", 2, 7 + 4)]


def test_each_row_is_somewhere_with_a_reason(library: Library) -> None:
    first, second = "S12000005/2025-09-29", "S12000005/2025-09-30"
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for hop, key, seed, amount_in, amount_out, explained, is_closed in rows(
        library.settings, "transformer", LINES, "library_loans"
    ):
        assert is_closed, (hop, key, seed)
        found[hop, key, seed] = (amount_in, amount_out, explained)
    primary, secondary = int(PRIMARY), int(SECONDARY)
    assert found["file to raw", first, primary] == (4, 3, {"rejected": 1})
    assert found["raw to canonical", first, primary] == (3, 1, {"superseded": 1, "held_identity": 1})
    assert found["raw to canonical", first, secondary] == (1, 1, {})
    assert found["raw to canonical", second, primary] == (2, 2, {})
    cards = {line[:3]: line[3:] for line in rows(library.settings, "transformer", LINES, "library_cards")}
    assert all(line[-1] for line in cards.values())
    assert cards["raw to canonical", first, primary][:3] == (3, 0, {"superseded": 2, "held_identity": 1})


def test_its_freshness_is_known_by_school(library: Library) -> None:
    query = "select seed_code, status from control.freshness where feed = 'library_loans' order by 1"
    assert rows(library.settings, "transformer", query) == [(int(PRIMARY), "fresh"), (int(SECONDARY), "fresh")]


def test_attendance_is_released_beside_it_and_no_reader_sees_it(library: Library) -> None:
    query = "select outcome from control.release_checks order by check_id desc limit 1"
    assert rows(library.settings, "auditor", query)[0][0] in {"released", "unchanged"}
    seen = "select count(*) from information_schema.tables where table_schema = 'aggregated' and table_name ~ 'loans'"
    assert rows(library.settings, "analyst", seen) == [(0,)]


def test_withdrawn_rows_leave_and_the_one_before_counts_again(library: Library) -> None:
    done = run(library.commands, library.settings, "withdraw", "S12000005/2025-09-30", "--reason", "wrong day")
    assert done.code == 0, done.errors
    assert run(library.commands, library.settings, "run", "--json").code in {0, 3}
    query = "select sum(loans) from aggregated_exact.{}_by_school"
    assert rows(library.settings, "transformer", query.format("loans")) == [(2 + 3 + 1,)]
    assert rows(library.settings, "transformer", query.format("cards")) == [(2 + 3 + 1,)]
    lines = rows(library.settings, "transformer", LINES, "library_loans")
    assert all(line[-1] for line in lines)
    assert ("raw to canonical", "S12000005/2025-09-30", int(PRIMARY), 2, 0, {"withdrawn": 2}, True) in lines


def test_a_red_test_of_the_library_holds_back_the_library_alone(library: Library) -> None:
    path = library.project / "dbt_project/models/aggregated/library/loans_by_school.yml"
    path.write_text(path.read_text().replace("loans >= 0", "loans > 1000"))
    deliver(library.settings.landing, [extract("library_loans", [_row(3, "2025-10-01", 1)], COLUMNS)], "2025-10-01")
    done = run(library.commands, library.settings, "run", "--json")
    assert "loans_by_school" in done.output, done.output[-2000:]
    failed = rows(library.settings, "transformer", "select models, subjects from control.failed_tests")
    assert failed == [("loans_by_school", ["library"])]
    query = "select outcome from control.release_checks order by check_id desc limit 1"
    assert rows(library.settings, "auditor", query)[0][0] in {"released", "unchanged"}


def test_readers_get_it_only_with_a_rule_that_protects_it(library: Library) -> None:
    path = library.project / "dbt_project/models/aggregated/library/loans_by_school.yml"
    asked = "release: {kind: school, keys: [local_authority_code, seed_code, academic_year]}"
    text = path.read_text()
    path.write_text(text.replace("owner: school-libraries}}", f"owner: school-libraries, {asked}}}}}", 1))
    assert path.read_text() != text
    done = run(library.commands, library.settings, "dbt", "parse")
    assert done.code != 0
    assert "loans_by_school" in done.output + done.errors
    assert "no rule of protection is written for a mart of this name" in done.output + done.errors
