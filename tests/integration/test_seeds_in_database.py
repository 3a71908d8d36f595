"""Seeds in the database: they load fast, keep their keys, and a broken promise is named."""

import os

import psycopg
import pytest

from orchestration.database import connect
from orchestration.settings import Settings
from orchestration.transform import DbtResult, run_dbt
from tests.conftest import NewWarehouse


def build_seeds(settings: Settings) -> DbtResult:
    return run_dbt(settings, ["build", "--select", "resource_type:seed"])


@pytest.fixture(scope="module")
def seeded(new_warehouse: NewWarehouse) -> Settings:
    """A warehouse of its own: these tests break seeds."""
    found = new_warehouse(parsed=True)
    result = build_seeds(found)
    assert result.success, result.error or result.failed
    return found


def test_published_rolls_add_up(seeded: Settings) -> None:
    query = "select census_year, sum(roll)::integer from reference.school_rolls group by census_year order by 1"
    with connect(seeded, "transformer") as connection:
        assert connection.execute(query).fetchall() == [(2023, 705528), (2025, 695923)]


def test_hidden_cells_are_null_and_zero_is_zero(seeded: Settings) -> None:
    query = """
        select
            count(*) filter (where school_rolls.p1 = 0),
            count(*) filter (where 'p1' = any(string_to_array(school_rolls.hidden, ' '))),
            count(school_rolls.p1) filter (where 'p1' = any(string_to_array(school_rolls.hidden, ' ')))
        from reference.school_rolls as school_rolls
        where school_rolls.census_year = 2025
    """
    with connect(seeded, "transformer") as connection:
        zeros, hidden, hidden_with_value = connection.execute(query).fetchone() or (0, 0, 0)
    assert zeros > 0
    assert hidden == 254
    assert hidden_with_value == 0


def test_a_key_is_enforced(seeded: Settings) -> None:
    with connect(seeded, "transformer") as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("insert into reference.stages (stage, sector, position) values ('P1', 'primary', 15)")


def test_loading_again_gives_the_same_rows(seeded: Settings) -> None:
    query = "select count(*), sum(hashtextextended(schools::text, 0)) from reference.schools as schools"
    with connect(seeded, "transformer") as connection:
        before = connection.execute(query).fetchone()
    assert build_seeds(seeded).success
    with connect(seeded, "transformer") as connection:
        assert connection.execute(query).fetchone() == before


def failed_tests(settings: Settings) -> list[tuple[object, ...]]:
    with connect(settings, "releaser") as connection:
        return connection.execute("select test_name, models, subjects from control.failed_tests").fetchall()


def test_a_broken_promise_is_named_and_stands_until_it_holds_again(seeded: Settings) -> None:
    with connect(seeded, "transformer") as connection:
        connection.execute("update reference.stages set sector = 'nursery' where stage in ('P1', 'P2')")
    result = run_dbt(seeded, ["test", "--select", "stages"])
    assert {node.unique_id.split(".")[2] for node in result.failed} == {"stages__holds"}
    assert "1 result" in str(result.failed[0].message)
    ((name, models, subjects),) = failed_tests(seeded)
    assert (name, models) == ("stages__holds", "stages")
    assert {"core", "attendance", "roll"} <= set(subjects)
    assert run_dbt(seeded, ["test", "--select", "schools"]).success
    assert [one[0] for one in failed_tests(seeded)] == ["stages__holds"]
    assert build_seeds(seeded).success
    assert failed_tests(seeded) == []


def test_a_project_is_checked_once_for_each_parse(seeded: Settings) -> None:
    """That a parse has passed the rules of privacy is kept; another project, or one that never passed, is checked."""
    noted = seeded.home / "dbt" / "checked.json"
    of_this_parse = noted.read_text()

    def is_said_to_be_checked() -> set[str]:
        said: set[str] = set()
        done = run_dbt(
            seeded, ["seed", "--select", "stages"], on_event=lambda _: said.add(os.environ["WAREHOUSE_PROJECT_CHECKED"])
        )
        assert done.success
        return said

    assert is_said_to_be_checked() == {"yes"}
    noted.write_text('{"parse": "another"}')
    assert is_said_to_be_checked() == {"no"}
    assert noted.read_text() == of_this_parse
    noted.write_text("torn")
    assert is_said_to_be_checked() == {"no"}
    assert noted.read_text() == of_this_parse
