"""Pages of the senior phase: numbers equal SQL, two measures are never one, and nobody reads of others' schools.

The world is that of the pages of attainment, drawn at random on each run; the seed is printed.
"""

import csv
import io

import pytest

from tests.integration.test_dashboards_attainment import BAND, MOST_BYTES, YEAR, World, cells, council, world
from tests.support.access_world import HERE
from tests.support.dashboard_cells import Asked
from tests.support.dashboards import reader_named
from tests.support.dashboards_world import NAMES, READERS_HERE, schools_of
from tests.support.senior_world import SECONDARIES

__all__ = ["world"]


OF_SENIOR_PHASE = ("", "levels", "breadth", "destinations", "results", "courses", "gap", "schools")
SETS = {"national": "National Qualifications", "all_scqf": "All SCQF"}
LEVELS = {"national": ("1_at_4", "1_at_5", "1_at_6"),
          "all_scqf": ("1_at_5", "1_at_6", "5_at_4", "5_at_5", "5_at_6")}  # fmt: skip
ENDS = {"s4": 0, "s5": 1, "s6": 2}


def of_measure(measure: str, cohort: str = "cohort") -> str:
    """SQL for a share, a count where few leavers are asked, or why there is none."""
    return (
        f"case when {measure}_share is null then coalesce({measure}_symbol, '[x]') "
        f"when {cohort} < 50 then {measure} || ' of ' || {cohort} "
        f"else round(100 * {measure}_share, 1) || '%%' end"
    )


def name_of(measure: str) -> str:
    number, _, level = measure.partition("_at_")
    return f"{'One' if number == '1' else 'Three' if number == '3' else 'Five'} or more at level {level}"


def address(part: str) -> str:
    return f"/senior-phase?part={part}" if part else "/senior-phase"


@pytest.mark.parametrize("reader", READERS_HERE)
def test_every_reader_sees_the_senior_phase_and_each_part_is_light(world: World, reader: str) -> None:
    for part in OF_SENIOR_PHASE:
        answer = world.browsers[reader].get(address(part))
        assert answer.status_code == 200, part
        assert len(answer.content) <= MOST_BYTES, part


@pytest.mark.parametrize("measure", ["3_at_4", "3_at_5", "3_at_6", "1_at_7", "5_at_6"])
def test_breadth_and_depth_equal_sql_in_the_council_and_a_school(world: World, measure: str) -> None:
    caption = f"Breadth and depth of awards, All SCQF, {YEAR}, as a table"
    seed_code = SECONDARIES[0][0]
    for path, mart, where in (
        ("/senior-phase?part=breadth", "leaver_attainment_by_authority", "true"),
        (f"/schools/{seed_code}/secondary/senior-phase", "leaver_attainment_by_school", f"seed_code = '{seed_code}'"),
    ):
        ((wanted,),) = council(world, "officer").rows(
            f"select {of_measure(f'all_scqf_{measure}')} from aggregated.{mart} where {{where}} and {where}"
        )
        page = cells(world, "officer", path)
        assert {key[0]: cell for key, cell in page.items() if key[1:] == (name_of(measure), "Share")}[caption] == wanted


def test_levels_of_leavers_equal_sql_and_no_table_has_both_measures(world: World) -> None:
    page = cells(world, "officer", "/senior-phase")
    found = council(world, "officer")
    for one, name in SETS.items():
        for measure in LEVELS[one]:
            share = of_measure(f"{one}_{measure}")
            (row,) = found.rows(f"select {share} from aggregated.leaver_attainment_by_authority where {{where}}")
            assert page[f"{name} of leavers, {YEAR}", name_of(measure), "Share"] == row[0], measure
    for part in OF_SENIOR_PHASE:
        for caption, row, column in cells(world, "officer", address(part)):
            assert not all(name in f"{caption} {row} {column}" for name in SETS.values()), caption


def test_results_by_stage_are_those_of_the_rolls_of_years_before(world: World) -> None:
    page = cells(world, "officer", "/senior-phase?part=results")
    for end, back in ENDS.items():
        first = int(YEAR[:4]) - back
        roll = Asked(
            world.settings, reader_named(world.settings, "officer"), HERE, f"{first}/{(first + 1) % 100:02}"
        )  # fmt: skip
        measure = {"s4": "1_at_5", "s5": "1_at_6", "s6": "1_at_7"}[end]
        for one, name in SETS.items():
            (row,) = roll.rows(
                f"select {of_measure(f'by_{end}_{one}_{measure}', f'by_{end}_cohort')} "
                "from aggregated.s4_roll_results_by_authority where {where}"
            )
            caption = f"{name}: results of August {int(YEAR[:4]) + 1}, as a table"
            lower = name_of(measure)[:1].lower() + name_of(measure)[1:]
            assert page[caption, f"{end.upper()}: {lower}", "Share"] == row[0], (end, one)


def test_follow_up_destinations_that_have_not_come_are_said_and_not_drawn(world: World) -> None:
    text = world.browsers["officer"].get("/senior-phase?part=destinations").text
    assert "Destinations nine months after leaving have not come." in text
    assert f"Positive destinations nine months after leaving, leavers of {YEAR}" not in text


def test_schools_are_listed_by_name_and_files_have_bands_alone(world: World) -> None:
    caption = f"National Qualifications of leavers by school, {YEAR}"
    page = cells(world, "officer", "/senior-phase?part=schools")
    names = [row for found, row, column in page if (found, column) == (caption, "Leavers")]
    assert names == sorted(NAMES[school] for school in SECONDARIES)
    for one in SETS:
        answer = world.browsers["officer"].get(f"/senior-phase/tables/schools_{one}.csv?part=schools")
        lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig").split("\r\n\r\n", 1)[-1])))
        assert lines
        for line in lines:
            for heading, value in line.items():
                assert "or more at level" not in heading or BAND.fullmatch(value), (heading, value)


@pytest.mark.parametrize("reader", READERS_HERE)
def test_senior_phase_of_a_school_is_read_by_those_who_may(world: World, reader: str) -> None:
    for seed_code, sector in SECONDARIES:
        answer = world.browsers[reader].get(f"/schools/{seed_code}/{sector}/senior-phase")
        assert answer.status_code == (200 if (seed_code, sector) in schools_of(reader) else 404), seed_code


def test_briefs_say_the_latest_leavers_and_of_a_school_the_band_alone(world: World) -> None:
    one = "national_1_at_5"
    ((share, cohort),) = council(world, "officer").rows(
        f"select round(100 * {one}_share, 1) || '%%', cohort from aggregated.leaver_attainment_by_authority "
        "where {where}"
    )
    assert (
        f"{share} of {cohort} leavers of {YEAR} had one or more"
        in world.browsers["officer"].get("/authority/brief").text
    )
    seed_code = SECONDARIES[0][0]
    page = world.browsers["officer"].get(f"/schools/{seed_code}/secondary/brief").text
    ((band,),) = council(world, "officer").rows(
        f"select case when cohort > 20 then {one}_band end from aggregated.leaver_attainment_by_school "
        f"where {{where}} and seed_code = '{seed_code}'"
    )
    wanted = f"{band} of the leavers of {YEAR}" if band else f"How many leavers of {YEAR} had"
    assert wanted in page
    assert "leavers" not in world.browsers["officer"].get("/schools/1000001/primary/brief").text.lower()


COURSES = {"national_5": "National 5", "higher": "Higher", "advanced_higher": "Advanced Higher"}


def courses_in(world: World, mart: str, qualification: str, counts: tuple[str, ...], where: str) -> list[tuple]:
    """Of groups of subjects: counts and the share as a page says them, and at last whether any share is shown."""
    said = ", ".join(f"coalesce({one}::text, {one}_symbol)" for one in counts)
    return council(world, "officer").rows(
        f"select subject_group, {said}, {of_measure('grade_a_to_c', 'resulted')}, "
        "bool_or(grade_a_to_c_share is not null) over () "
        f"from aggregated.{mart} where {{where}} and {where} and qualification = '{qualification}'"
    )


@pytest.mark.parametrize("qualification", COURSES)
def test_courses_equal_sql_and_few_results_are_not_shown(world: World, qualification: str) -> None:
    page = cells(world, "officer", "/senior-phase?part=courses")
    rows = courses_in(
        world, "course_results_by_authority", qualification, ("entered", "resulted"), "entered is distinct from 0"
    )
    caption = f"{COURSES[qualification]} by subject, {YEAR}"
    if not any(row[-1] for row in rows):
        assert not [key for key in page if key[0] == caption], "nothing to draw"
        return
    for subject, entered, resulted, share, _ in rows:
        assert page[caption, subject, "Entered"] == entered
        assert page[caption, subject, "With a result"] == resulted
        assert page[caption, subject, "A to C, share"] == share


@pytest.mark.parametrize("qualification", COURSES)
def test_courses_of_a_school_equal_sql_and_nobody_with_a_result_is_no_row(world: World, qualification: str) -> None:
    seed_code = SECONDARIES[0][0]
    page = cells(world, "officer", f"/schools/{seed_code}/secondary/senior-phase")
    where = f"resulted is distinct from 0 and seed_code = '{seed_code}'"
    rows = courses_in(world, "course_results_by_school", qualification, ("resulted", "grade_a_to_c"), where)
    caption, name = f"Courses by subject, {YEAR}", COURSES[qualification]
    listed = {key[1] for key in page if key[0] == caption and key[1].endswith(f", {name}")}
    assert listed == {f"{row[0]}, {name}" for row in rows}
    for subject, resulted, a_to_c, share, _ in rows:
        assert page[caption, f"{subject}, {name}", "With a result"] == resulted
        assert page[caption, f"{subject}, {name}", "A to C"] == a_to_c
        assert page[caption, f"{subject}, {name}", "A to C, share"] == share
