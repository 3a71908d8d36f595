"""Pages of attainment and of the senior phase: numbers equal SQL, and nobody reads of a school that is not theirs.

The world is drawn at random on each run; the seed is printed.
"""

import csv
import io
import random
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product

import pytest
from fastapi.testclient import TestClient

from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.access_world import HERE
from tests.support.attainment_sql import cohort, in_group, of_cohort, of_part, share
from tests.support.attainment_world import ENGLISH, STAGES, YEARS, fill_attainment, released_council
from tests.support.dashboard_cells import Asked, Cells, PageTables
from tests.support.dashboards import client, reader_named
from tests.support.dashboards_world import NAMES, READERS_HERE, SEED, schools_of
from tests.support.senior_world import fill_senior_phase

YEAR, BEFORE = YEARS[-1], YEARS[-2]
LATER_PARTS = ("looked_after", "trend", "trend_s3", "schools")
PARTS = ("", "for_whom", "organisers", "levels", "gap", "progress", "pupil_groups", *LATER_PARTS)
PROGRESS = ("at_first_level", "reached_second_level", "progress_share")
SAME_PUPILS = ("Reached second level", "Were at first level", "Pupils followed")
WHOLE = {"primary": "P1, P4 and P7", "secondary": "S3, third level"}
AREAS = {"1": "Most deprived fifth", "2": "Second fifth", "3": "Middle fifth", "4": "Fourth fifth",
         "5": "Least deprived fifth"}  # fmt: skip
BAND = re.compile(r"(0% to under 10%|[1-8]0% to under [2-9]0%|90% or more|suppressed|not applicable|\[[cxz]\])")
MOST_BYTES = 200_000


@dataclass(frozen=True)
class World:
    """A filled warehouse, what its page said before attainment came, and a browser for each reader."""

    settings: Settings
    before: str
    browsers: dict[str, TestClient]


@pytest.fixture(scope="module")
def world(new_warehouse: NewWarehouse) -> Iterator[World]:
    settings = released_council(new_warehouse)
    with client(settings, reader_named(settings, "officer")) as browser:
        answer = browser.get("/attainment")
        assert answer.status_code == 200
        assert browser.get("/attainment?part=gap").status_code == 200
        assert browser.get("/schools/1000001/primary/attainment").status_code == 200
        assert "No leavers and no results" in browser.get("/senior-phase").text
    fill_attainment(settings, random.Random(SEED))
    fill_senior_phase(settings, random.Random(SEED))
    with ExitStack() as stack:
        browsers = {name: stack.enter_context(client(settings, reader_named(settings, name))) for name in READERS_HERE}
        yield World(settings, answer.text, browsers)


def cells(world: World, reader: str, path: str) -> Cells:
    answer = world.browsers[reader].get(path)
    assert answer.status_code == 200, path
    return PageTables(answer.text).cells


def council(world: World, reader: str) -> Asked:
    return Asked(world.settings, reader_named(world.settings, reader), HERE, YEAR)


def test_a_council_without_attainment_says_so_and_where_it_is(world: World) -> None:
    assert "No levels of the curriculum have been released for this authority" in world.before
    assert "SEEMiS" in world.before
    assert "<svg" not in world.before


@pytest.mark.parametrize("reader", READERS_HERE)
def test_every_reader_sees_the_authority_and_each_part_is_light(world: World, reader: str) -> None:
    for part in PARTS:
        answer = world.browsers[reader].get(f"/attainment?part={part}" if part else "/attainment")
        assert answer.status_code == 200, part
        assert len(answer.content) <= MOST_BYTES, part
        assert "data as at" in answer.text


@pytest.mark.parametrize("reader", ["officer", "head-primary"])
def test_organisers_and_levels_equal_sql(world: World, reader: str) -> None:
    found = council(world, reader)
    page = cells(world, reader, "/attainment?part=organisers")
    levels = cells(world, reader, "/attainment")
    for table, stage in (("attainment_by_sector", "sector"), ("attainment_by_sector_stage", "stage")):
        for organiser in ENGLISH:
            rows = found.rows(
                f"select {stage}, {share(organiser)}, {cohort(organiser)} from aggregated.{table} "
                f"where {{where}} and {stage} <> 'S3'"
            )
            for value, said, pupils in rows:
                name = f"{WHOLE.get(value, value)}: {organiser.replace('_', ' ')}"
                caption = f"Organisers by stage, {YEAR}, as a table"
                assert page[caption, name, "Achieved"] == said, name
                assert page[caption, name, "Cohort"] == pupils, name
                if organiser in ("literacy", "numeracy"):
                    assert levels[f"Literacy and numeracy by stage, {YEAR}", name, "Returned"] == said, name


def test_for_whom_equals_sql_and_its_sentence_names_the_lowest(world: World) -> None:
    found = council(world, "officer")
    page = cells(world, "officer", "/attainment?part=for_whom")
    for organiser in ("literacy", "numeracy"):
        caption = f"{organiser.capitalize()} by stage and deprivation of area, {YEAR}"
        query = (
            f"select {{0}}, {share(organiser)}, {organiser}_share from aggregated.{{1}} where {{{{where}}}} and "
            f"sector = 'primary' and {{0}} <> 'unknown'"
        )
        stages = found.rows(query.format("stage", "attainment_by_sector_stage"))
        areas = found.rows(query.format("simd_quintile", "attainment_by_sector_deprivation"))
        for value, said, _ in (*stages, *areas):
            assert page[caption, AREAS.get(value, value), YEAR] == said
        large = {value: rate for value, said, rate in stages if rate is not None and " of " not in said}
        if len(large) > 1:
            lowest = min(large, key=lambda value: large[value])
            text = world.browsers["officer"].get("/attainment?part=for_whom").text
            assert f"{organiser.capitalize()} was lowest in {lowest} (" in text


def test_levels_reached_equal_sql(world: World) -> None:
    """Counts of each stage and level, and why one is hidden; P1 has nobody further below than one level."""
    page = cells(world, "officer", "/attainment?part=levels")
    for stage, part, said in (
        ("P4", "further_below", "P4: not yet at early level"), ("P7", "one_below", "P7: first level"),
        ("P1", "above", "P1: first level or better"), ("S3", "above", "S3: fourth level"),
    ):  # fmt: skip
        for organiser in ("reading", "writing", "listening_and_talking", "numeracy"):
            ((wanted,),) = council(world, "officer").rows(
                f"select coalesce({organiser}_{part}::text, {organiser}_levels_symbol) "
                f"from aggregated.attainment_by_sector_stage where {{where}} and stage = '{stage}'"
            )
            name = organiser.replace("_", " ").capitalize()
            assert page[f"{name}: levels reached, {YEAR}, as a table", said, "Pupils"] == wanted
    assert not any("P1" in key[1] and "below" in key[1] for key in page)


def test_the_gap_equals_sql_and_stands_between_its_ends(world: World) -> None:
    found = council(world, "officer")
    page = cells(world, "officer", "/attainment?part=gap")
    for organiser in ("literacy", "numeracy"):
        caption = f"{organiser.capitalize()}: most and least deprived fifth, {YEAR}, as a table"
        gap = f"coalesce(round({organiser}_gap, 1)::text, {organiser}_gap_symbol)"
        for sector, said in found.rows(f"select sector, {gap} from aggregated.attainment_by_sector where {{where}}"):
            assert page[caption, WHOLE[sector], "Gap (points)"].replace("\N{MINUS SIGN}", "-") == said
        ends = found.rows(
            f"select sector, simd_quintile, {share(organiser)}, {cohort(organiser)} "
            "from aggregated.attainment_by_sector_deprivation where {where} and simd_quintile in ('1', '5')"
        )
        for sector, quintile, said, pupils in ends:
            where = "Pupils there" if quintile == "1" else "Pupils in it"
            assert page[caption, WHOLE[sector], AREAS[quintile]] == said
            assert page[caption, WHOLE[sector], where] == pupils
    assert "SIMD 2020v2" in world.browsers["officer"].get("/attainment?part=gap").text


def test_progress_equals_sql(world: World) -> None:
    page = cells(world, "officer", "/attainment?part=progress")
    for name in ENGLISH:
        told = of_part(f"round(100 * {name}_progress_share, 1) || '%%'", *(f"{name}_{part}" for part in PROGRESS))
        query = f"select {told}, {name}_at_first_level::text, {name}_followed::text from aggregated.progress_by_sector"
        (found,) = council(world, "officer").rows(f"{query} where {{where}}")
        key = f"The same pupils in P4, {YEARS[0]}, and P7, {YEAR}", name.replace("_", " ").capitalize()
        assert tuple(page[*key, one] for one in SAME_PUPILS) == found


def test_groups_by_attendance_equal_sql(world: World) -> None:
    page = cells(world, "officer", "/attainment?part=pupil_groups")
    for sector, band in product(WHOLE, bands := {"over_95": "Over 95%", "80_or_less": "80% or less"}):
        ((said, pupils),) = council(world, "officer").rows(
            f"select {in_group('numeracy')} from aggregated.attainment_by_sector_group "
            f"where {{where}} and sector = '{sector}' and pupil_group = '{band}' and breakdown = 'attendance'"
        )
        key = f"Numeracy by attendance, {YEAR}, as a table", f"{WHOLE[sector]}: {bands[band]}"
        assert (page[*key, "Achieved"], page[*key, "Pupils"]) == (said, pupils)


def test_the_trend_has_each_return_and_draws_its_breaks(world: World) -> None:
    page = cells(world, "officer", "/attainment?part=trend")
    for year in YEARS:
        found = Asked(world.settings, reader_named(world.settings, "officer"), HERE, year)
        ((said, pupils),) = found.rows(
            f"select {share('literacy')}, {cohort('literacy')} from aggregated.attainment_by_sector "
            "where {where} and sector = 'primary'"
        )
        assert page["Literacy, P1, P4 and P7, by year", year, "Returned"] == said
        assert page["Literacy, P1, P4 and P7, by year", year, "Pupils"] == pupils
    assert page["Literacy, P1, P4 and P7, by year", "2019/20", "Published here"] == "[x]"
    text = world.browsers["officer"].get("/attainment?part=trend").text
    assert text.count('class="chart-break"') == 2 * 2 * 4, "four lines up in both drawings of two charts"
    assert "nothing was collected in 2019/20" in text


@pytest.mark.parametrize("reader", READERS_HERE)
def test_schools_are_those_of_the_reader_by_name_and_never_by_result(world: World, reader: str) -> None:
    found = council(world, reader)
    text = world.browsers[reader].get("/attainment?part=schools").text
    page = PageTables(text).cells
    caption = f"Expected level achieved by school, {YEAR}"
    mine = [school for school in schools_of(reader) if school[1] in STAGES]
    rows = found.rows(
        f"select seed_code, sector, {of_cohort('literacy')}, {of_cohort('numeracy')} "
        "from aggregated.attainment_by_school where {where}"
    )
    assert {(seed_code, sector) for seed_code, sector, *_ in rows} == set(mine)
    for seed_code, sector, literacy, numeracy in rows:
        assert page[caption, NAMES[seed_code, sector], "Literacy"] == literacy
        assert page[caption, NAMES[seed_code, sector], "Numeracy"] == numeracy
    listed = [name for table, name, heading in page if (table, heading) == (caption, "Literacy")]
    assert listed == sorted(listed)
    assert "data-sortable" not in text
    others = set(NAMES.values()) - {NAMES[school] for school in schools_of(reader)}
    assert not [name for name in others if name in text]


@pytest.mark.parametrize("reader", ["officer", "head-primary", "head-secondary", "cluster-lead"])
def test_a_school_equals_sql_and_leaves_the_council_in_bands(world: World, reader: str) -> None:
    browser, found = world.browsers[reader], council(world, reader)
    for seed_code, sector in (school for school in schools_of(reader) if school[1] in STAGES):
        path = f"/schools/{seed_code}/{sector}/attainment"
        page = cells(world, reader, path)
        for organiser in ENGLISH:
            rows = found.rows(
                f"select stage, {of_cohort(organiser)} from aggregated.attainment_by_school_stage "
                "where {where} and seed_code = %(code)s and sector = %(sector)s and stage <> 'S3' union all "
                f"select %(whole)s, {of_cohort(organiser)} from aggregated.attainment_by_school "
                "where {where} and seed_code = %(code)s and sector = %(sector)s",
                code=seed_code, sector=sector, whole=WHOLE[sector],
            )  # fmt: skip
            heading = organiser.replace("_", " ").capitalize()
            for stage, said in rows:
                assert page[f"Organisers by stage, {YEAR}", stage, heading] == said, (stage, organiser)
        for name in ("by_stage", "by_year"):
            lines = list(csv.reader(io.StringIO(browser.get(f"{path}/tables/{name}.csv").content.decode("utf-8-sig"))))
            headings, *body = lines[lines.index([]) + 1 :]
            shares = [at for at, one in enumerate(headings) if at and not one.startswith("Pupils")]
            assert body
            assert all(BAND.fullmatch(line[at]) for line in body for at in shares), (name, body)


def test_what_is_taken_away_of_schools_has_bands_alone(world: World) -> None:
    answer = world.browsers["officer"].get("/attainment/tables/schools.csv?part=schools")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig").split("\r\n\r\n", 1)[-1])))
    assert len(lines) == sum(1 for _, sector in NAMES if sector in STAGES)
    assert all(BAND.fullmatch(line[name]) for line in lines for name in ("Literacy", "Numeracy"))


def test_the_briefs_say_the_latest_return(world: World) -> None:
    found = council(world, "officer")
    ((literacy,),) = found.rows(
        "select round(100 * literacy_share, 1) || '%%' from aggregated.attainment_by_sector "
        "where {where} and sector = 'primary'"
    )
    page = world.browsers["officer"].get("/authority/brief").text
    assert f"In the return of {YEAR} {literacy} of " in page
    school = world.browsers["officer"].get("/schools/1000001/primary/brief").text
    said = re.search(rf"(In|in) the return of {YEAR} ([^<]*)", school)
    assert said
    assert not re.search(r"\d\.\d%", said[2]), "a brief leaves the council: no exact share of a school"


@pytest.mark.parametrize(
    "path",
    ["/attainment?part=nothing", "/attainment?order=result", "/attainment?stage=S3", "/attainment?year=2019-20",
     "/attainment?year=2025-26", "/attainment?authority=S12000006", "/schools/3000001/primary/attainment",
     "/schools/1000001/secondary/attainment", "/schools/1000001/primary/attainment?stage=P1",
     "/attainment/tables/nothing.csv"],
)  # fmt: skip
def test_what_is_not_known_is_not_found(world: World, path: str) -> None:
    assert world.browsers["officer"].get(path).status_code == 404


def test_a_head_sees_no_other_school(world: World) -> None:
    browser = world.browsers["head-primary"]
    assert browser.get("/schools/1000001/primary/attainment").status_code == 200
    assert browser.get("/schools/1000002/primary/attainment").status_code == 404
    assert 'href="/schools/1000001/primary/attainment"' in browser.get("/attainment").text


def test_special_schools_are_told_why_they_have_no_levels(world: World) -> None:
    page = world.browsers["head-special"].get("/schools/1000001/special/attainment").text
    assert "Pupils of special schools and units have no stage in the return" in page


def test_a_year_of_returns_leads_to_no_year_of_attendance(world: World) -> None:
    browser = world.browsers["officer"]
    page = browser.get("/attainment?year=2022-23").text
    assert "<dd>2022/23</dd>" in page
    assert 'href="/today"' in page
    assert 'href="/attainment?part=gap&amp;year=2022-23"' in page
    assert 'href="/attainment"' in browser.get("/today?year=2024-25").text
