"""No pupil of an extract is like fewer than five: measured, made so at each build, and on record."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from orchestration.access import new_login_password
from orchestration.backup import restore_backup, take_backup
from orchestration.database import connect, start
from orchestration.database.drift import differences
from orchestration.identity import assign_identities
from orchestration.projects import list_projects, offer
from orchestration.projects.alike import Likeness, Step, raise_to_bar
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.logins import PASSWORD, connected
from tests.support.main_job import warehouse
from tests.support.projects_world import HERE, add_pupils, make_project, night, researcher, with_key, world

BAR = 5
FINE = ("stage", "sex", "age:years", "deprivation:decile", "ethnicity:groups", "school")
REASONS = {"age": "x", "deprivation": "x", "ethnicity": "x", "school": "x"}
Person = tuple[tuple[str, str], ...]  # age and sex by year


def _raise(
    settings: Settings, people: list[Person], taken: dict[int, int] | None = None
) -> tuple[Likeness, list[tuple[Any, ...]]]:
    """Likeness of people with a year or more each, and their rows afterwards; steps taken before, by number."""
    steps = [Step("age", "age:1"), Step("age", None), Step("sex", None)]
    with connect(settings, "transformer") as connection:
        connection.execute(
            "create temporary table project_people (person integer, academic_year text, steps integer, "
            'is_left_out boolean, age text, "age:1" text, sex text) on commit drop'
        )
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into project_people values (%s, %s, %s, false, %s, %s, %s)",
                [
                    (number, str(year), (taken or {}).get(number, 0), age, "young" if age < "5" else "old", sex)
                    for number, years in enumerate(people)
                    for year, (age, sex) in enumerate(years)
                ],
            )
        found = raise_to_bar(connection, ["age", "sex"], steps, BAR)
        return found, connection.execute(
            "select person, academic_year, age, sex from project_people where not is_left_out order by 1, 2"
        ).fetchall()


def _profiles(rows: list[tuple[Any, ...]]) -> dict[Any, tuple[Any, ...]]:
    found: dict[Any, tuple[Any, ...]] = {}
    for person, *rest in rows:
        found[person] = (*found.get(person, ()), tuple(rest))
    return found


def test_a_small_group_is_said_less_finely_and_a_large_one_is_left_alone(settings: Settings) -> None:
    people: list[Person] = [(("6", "F"),)] * 7 + [(("2", "M"),)] * 3 + [(("3", "M"),)] * 2
    found, rows = _raise(settings, people)
    assert found == Likeness(12, 0, 5, 0, 5, 0)
    assert Counter(row[2:] for row in rows) == {("6", "F"): 7, ("young", "M"): 5}


def test_who_is_like_nobody_whatever_is_left_is_left_out(settings: Settings) -> None:
    people: list[Person] = [(("6", "F"),)] * 7 + [(("2", "M"),)] + [(("6", "F"), ("7", "F"))]
    found, rows = _raise(settings, people)
    assert found == Likeness(9, 2, 2, 0, 0, 2)
    assert {row[0] for row in rows} == set(range(7))


def test_all_years_of_a_pupil_are_compared_together(settings: Settings) -> None:
    """Five pupils are alike in each year, but not in both: whoever has both years would know them apart."""
    people: list[Person] = [(("6", "F"), ("7", sex)) for sex in "FFFFFMMM"] + [(("5", "M"), ("7", "M"))] * 5
    found, rows = _raise(settings, people)
    assert (found.few_before, found.withheld) == (3, 3)
    assert min(Counter(_profiles(rows).values()).values()) >= BAR


def test_what_was_said_less_finely_stays_so(settings: Settings) -> None:
    """Two more pupils come, and the value of the three who were there would tell who they are."""
    people: list[Person] = [(("6", "F"),)] * 7 + [(("2", "M"),)] * 5
    found, rows = _raise(settings, people, {7: 1, 8: 1, 9: 2})
    assert (found.few_before, found.withheld) == (0, 0)
    assert {row[0]: row[2] for row in rows if row[0] > 6} == dict.fromkeys(range(7, 12), "withheld")
    found, rows = _raise(settings, [*people, *people], dict.fromkeys(range(7, 12), 1))
    assert (found.few_before, found.generalised) == (0, 5)
    assert {row[2] for row in rows if 7 <= row[0] < 12} == {"young"}
    assert {row[2:] for row in rows if not 7 <= row[0] < 12} == {("6", "F"), ("2", "M")}


ONE_YEAR = st.tuples(st.sampled_from("345678"), st.sampled_from("FM"))


@given(people=st.lists(st.lists(ONE_YEAR, min_size=1, max_size=3).map(tuple), min_size=0, max_size=60))
@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_is_under_the_bar_and_nobody_is_changed_without_need(settings: Settings, people: list[Person]) -> None:
    found, rows = _raise(settings, people)
    profiles = _profiles(rows)
    assert not profiles or min(Counter(profiles.values()).values()) >= BAR
    alike = Counter(people)
    for number, years in enumerate(people):
        if alike[years] >= BAR:
            assert profiles[number] == tuple((str(year), *values) for year, values in enumerate(years))
    assert found.pupils == len(people) == len(profiles) + found.withheld
    assert found.unique_before == sum(count == 1 for count in alike.values())
    assert found.few_before == sum(count for count in alike.values() if count < BAR)


@pytest.fixture(scope="module")
def council(new_warehouse: NewWarehouse) -> Iterator[Settings]:
    with world(new_warehouse()) as made:
        make_project(made, "fine", columns=FINE, **REASONS)
        make_project(made, "coarse", columns=("stage", "sex", "age", "ethnicity", "openings_attended"))
        for name in ("fine", "coarse"):
            researcher(made, f"b_{name}", name)
        yield made


def _smallest(settings: Settings, project: str) -> tuple[int, int]:
    """The smallest group of pupils that are alike in what identifies, as the login reads them; and the pupils."""
    columns = ", ".join(name for name, one in offer().pupils.items() if one.identifies)
    with connected(settings, f"b_{project}") as connection:
        query = f"select pupil_token, academic_year, {columns} from research.pupils"
        profiles = _profiles(connection.execute(query.encode()).fetchall())
    return min(Counter(profiles.values()).values()), len(profiles)


def test_the_bar_holds_after_every_build_and_shares_are_on_record(council: Settings) -> None:
    chance = random.Random(3)
    for build in range(3):
        built = night(council)
        for name in ("fine", "coarse"):
            smallest, pupils = _smallest(council, name)
            likeness = built[name].likeness
            assert likeness is not None
            assert smallest >= offer().smallest_group
            assert likeness.unique_after == 0
            assert pupils == likeness.pupils - likeness.withheld
        add_pupils(council, HERE, 3001 + 100 * build, chance.randint(3, 12))
    assert built["fine"].likeness.unique_before > built["coarse"].likeness.unique_before  # type: ignore[union-attr]
    listed = {row["project"]: row for row in list_projects(council)}
    assert listed["fine"]["unique_before"] > 0.02
    assert listed["fine"]["unique_after"] == 0
    assert listed["fine"]["bar"] == offer().smallest_group
    with connect(council, "auditor") as connection:
        query = "select count(*) from control.project_measures where project_name = 'fine'"
        assert connection.execute(query).fetchone() == (3,)


def test_values_stay_in_their_column_and_finer_ones_are_shown_where_many_have_them(council: Settings) -> None:
    night(council)
    with connected(council, "b_fine") as connection:
        found = connection.execute(
            "select distinct ethnicity, age, deprivation, school from research.pupils"
        ).fetchall()
    assert {row[0] for row in found} <= {"White - British", "White - Other", "White", "Minority ethnic", "withheld"}
    assert {row[1] for row in found} & {"7", "10"}
    assert "withheld" in {row[0] for row in found}


def test_a_restored_warehouse_has_its_projects_with_the_same_tokens(
    council: Settings, scratch_home: Path, tmp_path: Path
) -> None:
    night(council)
    query = "select domain, pupil_id, token from vault.tokens order by 1, 2"
    rows = "select * from projects.pupils order by 1, 2, 3"
    with connect(council, "transformer") as connection:
        before = (connection.execute(query).fetchall(), connection.execute(rows).fetchall())
    take_backup(council, tmp_path / "backup", lambda _: None)
    restored = with_key(Settings(home=scratch_home))
    restore_backup(restored, tmp_path / "backup", lambda _: None)
    start(restored)
    with connect(restored, "transformer") as connection:
        assert (connection.execute(query).fetchall(), connection.execute(rows).fetchall()) == before
    with connect(restored, "auditor") as connection:
        assert differences(connection, is_live=False) == []
    new_login_password(restored, "b_fine", PASSWORD)
    assert _smallest(restored, "fine") == _smallest(council, "fine")
    assert assign_identities(restored).project_tokens == 0


def test_the_list_is_shown_by_command(council: Settings) -> None:
    done = warehouse(council, "project", "list", "--json")
    assert done.code == 0, done.errors
    rows = {row["project"]: row for row in done.json()}
    assert rows["coarse"]["columns"] == "age:bands, ethnicity:broad, openings_attended, sex, stage"
    assert rows["coarse"]["logins"] == "b_coarse"
    assert "unique before" in warehouse(council, "project", "list").output
