"""Today and Data quality: every number equals SQL on the marts, and nobody reads of a school that is not theirs.

The world is drawn at random on each run; the seed is printed.
"""

import csv
import html
import io
import json
import random
import re
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from dashboards import digest
from dashboards.kit.formats import MINUS
from orchestration.release import provision_aggregated
from orchestration.release.tables.provision import manifest_path
from orchestration.settings import Settings
from orchestration.transform import ensure_manifest
from tests.conftest import NewWarehouse
from tests.support.access_world import HERE
from tests.support.dashboards import client, reader_named
from tests.support.dashboards_world import LAST_WEEK, MINE, NAMES, READERS_HERE, SEED, YEAR, fill_world, schools_of
from tests.support.mail_server import mail_server
from tests.support.main_job import rows

PATHS = ("/today", "/data-quality", "/about")
HEADS = [name for name in READERS_HERE if name != "officer"]
DRAWN = 40


@pytest.fixture(scope="module")
def world(new_warehouse: NewWarehouse) -> Settings:
    settings = new_warehouse(parsed=True)
    ensure_manifest(settings)
    provision_aggregated(settings, manifest_path(settings))
    fill_world(settings)
    return settings


@pytest.fixture(scope="module")
def browsers(world: Settings) -> Iterator[dict[str, TestClient]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(client(world, reader_named(world, name))) for name in READERS_HERE}


def table(browser: TestClient, address: str) -> list[list[str]]:
    """Rows of a CSV, below its metadata and headings."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    return lines[lines.index([]) + 2 :]


def written(value: object, symbol: object) -> str:
    """A figure as a CSV has it, one decimal."""
    return str(symbol) if value is None else f"{float(str(value)):.1f}"


def difference(now: str, before: str) -> str:
    """Now less before; the symbol of the first that has none."""
    for figure in (now, before):
        if figure.startswith("["):
            return figure
    return f"{float(now) - float(before):.1f}".replace("-0.0", "0.0")


def expected(pairs: list[tuple[object, ...]], mine: list[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Out of SQL rows (SEED code, sector, now, symbol, before, symbol): change, now and before by school's name."""
    found = {}
    for seed_code, sector, now, now_symbol, before, before_symbol in pairs:
        if (seed_code, sector) in mine:
            figures = written(now, now_symbol), written(before, before_symbol)
            key = (NAMES[str(seed_code), str(sector)], str(sector).capitalize())
            found[key] = [difference(*figures), *figures]
    return found


SAME_WEEKS = """
select seed_code, sector, round(100 * attendance_rate, 1), coalesce(openings_symbol, '[x]'),
    round(100 * rate_same_weeks_last_year, 1), coalesce(same_weeks_symbol, '[x]')
from released.attendance_by_school_year where academic_year = %s
"""
WEEKS_BEFORE = """
with numbered as (
    select *, row_number() over (partition by seed_code, sector order by week desc) as weeks_ago
    from released.attendance_by_school_week where academic_year = %s and week < %s
)
select this.seed_code, this.sector, round(100 * this.attendance_rate, 1), this.openings_symbol,
    case when coalesce(year.pupils, this.openings_possible / 10, 0) < 20 then null
        when count(earlier.openings_possible) >= 2
        then round(100.0 * sum(earlier.openings_attended) / sum(earlier.openings_possible), 1) end,
    case when coalesce(year.pupils, this.openings_possible / 10, 0) < 20 then '[z]' else '[x]' end
from released.attendance_by_school_week as this
inner join numbered as earlier using (seed_code, sector)
inner join released.attendance_by_school_year as year
    on year.seed_code = this.seed_code and year.sector = this.sector and year.academic_year = this.academic_year
where this.week = %s and earlier.weeks_ago <= 4
group by this.seed_code, this.sector, this.attendance_rate, this.openings_symbol, this.openings_possible, year.pupils
"""
PERSISTENT = """
select now.seed_code, now.sector, round(100 * now.persistent_absence_rate, 1), now.bands_symbol,
    round(100 * before.persistent_absence_rate, 1), before.bands_symbol
from released.persistent_absence_by_month as now
inner join released.persistent_absence_by_month as before using (seed_code, sector, academic_year)
where now.month = '2025-10-01' and before.month = '2025-09-01' and now.seed_code <> '' and academic_year = %s
"""


@pytest.mark.parametrize("name", READERS_HERE)
@pytest.mark.parametrize(
    ("sheet", "query", "parameters"),
    [
        ("same_weeks", SAME_WEEKS, (YEAR,)),
        ("last_week", WEEKS_BEFORE, (YEAR, LAST_WEEK, LAST_WEEK)),
        ("persistent_absence", PERSISTENT, (YEAR,)),
    ],
)
def test_comparisons_equal_sql_on_the_marts(
    world: Settings, browsers: dict[str, TestClient], name: str, sheet: str, query: str, parameters: tuple[object, ...]
) -> None:
    mine = schools_of(name)
    found = expected(rows(world, "releaser", query, *parameters), mine)
    shown = {(line[0], line[4]): line[1:4] for line in table(browsers[name], f"/today/tables/{sheet}.csv")}
    assert shown.keys() == found.keys() == {(NAMES[key], key[1].capitalize()) for key in mine}
    draw = random.Random(SEED)
    for school in draw.choices(sorted(found), k=DRAWN):
        for place, value in enumerate(found[school]):
            assert shown[school][place].replace("'", "") == value, (SEED, school, place)


@pytest.mark.parametrize("name", READERS_HERE)
def test_the_page_names_those_past_the_limit_and_no_other(
    world: Settings, browsers: dict[str, TestClient], name: str
) -> None:
    text = browsers[name].get("/today").text
    mine = schools_of(name)
    found = expected(rows(world, "releaser", SAME_WEEKS, YEAR), mine)
    past = {
        school: figures
        for school, figures in found.items()
        if not figures[0].startswith("[") and float(figures[0]) <= -2
    }
    if len(mine) == 1:
        assert "At your school attendance in the year so far" in text
        return
    section = text.partition('id="same-weeks"')[2].partition("</section>")[0]
    lines = re.findall(r"<tr><th[^>]*>(.*?)</th><td[^>]*>(.*?)</td>", section)
    shown = [(re.sub("<[^>]+>", "", school), change.replace(MINUS, "-")) for school, change in lines]
    assert sorted(shown) == sorted((school, figures[0]) for (school, _), figures in past.items())
    assert [float(change) for _, change in shown] == sorted(float(change) for _, change in shown)


@pytest.mark.parametrize("name", READERS_HERE)
def test_freshness_equals_the_mart(world: Settings, browsers: dict[str, TestClient], name: str) -> None:
    codes = {code for code, _ in schools_of(name)} | {"all"}
    marts = rows(world, "releaser", "select seed_code, feed, status, last_extracted_on from released.data_freshness")
    words = {"fresh": "Up to date", "late": "Late", "missing": "Nothing received"}
    lines = table(browsers[name], "/data-quality/tables/freshness.csv")
    found = sorted((line[1] or "all", line[3], line[4]) for line in lines)
    assert found == sorted(
        (code, words[status], seen.isoformat() if seen else "") for code, _, status, seen in marts if code in codes
    )


@pytest.mark.parametrize("name", READERS_HERE)
def test_provenance_answers_for_a_school_and_for_the_whole(
    world: Settings, browsers: dict[str, TestClient], name: str
) -> None:
    query = "select deliveries from released.provenance where mart = %s and seed_code = %s"
    for code, _ in schools_of(name):
        ((keys,),) = rows(world, "releaser", query, "attendance_by_school_year", code)
        address = f"/data-quality/tables/rests_on.csv?mart=attendance_by_school_year&of={code}"
        assert [line[1] for line in table(browsers[name], address)] == keys
    ((keys,),) = rows(world, "releaser", query, "attendance_by_authority_year", "")
    address = "/data-quality/tables/rests_on.csv?mart=attendance_by_authority_year"
    assert [line[1] for line in table(browsers[name], address)] == keys


def test_deliveries_and_what_was_turned_away_are_for_officers(world: Settings, browsers: dict[str, TestClient]) -> None:
    keys = {key for (key,) in rows(world, "releaser", "select delivery_key from released.deliveries")}
    assert {line[0] for line in table(browsers["officer"], "/data-quality/tables/deliveries.csv")} == keys
    for name in HEADS:
        page = browsers[name].get("/data-quality").text
        assert "What could not be used" not in page
        assert browsers[name].get("/data-quality/tables/deliveries.csv").status_code == 404
        assert browsers[name].get("/data-quality/tables/turned_away.csv").status_code == 404
        assert browsers[name].get("/today/tables/deliveries.csv").status_code == 404
        assert "Deliveries held back" not in browsers[name].get("/today").text


@pytest.mark.parametrize("name", HEADS)
def test_nothing_of_another_school(browsers: dict[str, TestClient], name: str) -> None:
    """Neither name nor SEED code, on no page, in no form, in no table to take away."""
    mine = schools_of(name)
    foreign = [NAMES[key] for key in MINE if key not in mine]
    foreign += sorted({key[0] for key in MINE} - {key[0] for key in mine})
    for path in PATHS:
        page = browsers[name].get(path)
        assert page.status_code == 200
        links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*/tables/[^"]*csv[^"]*)"', page.text)}
        for text in (page.text, *(browsers[name].get(link).text for link in links)):
            assert not [word for word in foreign if word in text], path
    whole = browsers["officer"].get("/data-quality").text
    assert all(word in whole for word in foreign)


@pytest.mark.parametrize("name", HEADS)
def test_another_schools_parameter_is_not_found(browsers: dict[str, TestClient], name: str) -> None:
    """The same answer as for a school that does not exist, also where an officer's page is in the cache."""
    nowhere = browsers[name].get("/data-quality?of=9999999")
    assert nowhere.status_code == 404
    for code in {key[0] for key in MINE} - {key[0] for key in schools_of(name)}:
        address = f"/data-quality?mart=attendance_by_school_year&of={code}"
        assert browsers["officer"].get(address).status_code == 200
        answer = browsers[name].get(address)
        assert answer.status_code == 404
        assert answer.text == nowhere.text
        assert browsers[name].get(f"/data-quality/tables/rests_on.csv?of={code}").status_code == 404


def test_a_table_that_is_none_is_not_found(browsers: dict[str, TestClient]) -> None:
    for value in ("pg_class", "attendance_by_school_year;", "pupils", "x" * 100):
        assert browsers["officer"].get("/data-quality", params={"mart": value}).status_code == 404


def test_a_reader_of_one_school_is_told_so(browsers: dict[str, TestClient]) -> None:
    for name in ("head-primary", "head-secondary", "head-special"):
        text = browsers[name].get("/today").text
        assert "your school" in text
        assert "of 1 school" not in text
    assert "your school" not in browsers["officer"].get("/today").text


def test_pages_ask_few_questions(world: Settings, browsers: dict[str, TestClient]) -> None:
    """At most twelve on Today, what its season asks for among them, besides the two that find out what may be asked."""
    from sqlalchemy import event

    from dashboards.site.database import Database
    from dashboards.site.scope import page_request, releases_of
    from dashboards.subjects.core import about, data_quality, today

    database, asked = Database(world), []
    event.listen(database.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    try:
        for page, most in ((today.PAGE, 12), (data_quality.PAGE, 5), (about.PAGE, 3)):
            reader = reader_named(world, "officer")
            with database.reading(reader) as connection:
                request = page_request(connection, page, reader, {HERE: "Here"}, {}, releases_of(connection))
                asked.clear()
                page.figures(connection, request)
            assert len(asked) <= most, page.name
    finally:
        database.close()


@pytest.mark.parametrize("name", READERS_HERE)
def test_the_digest_says_what_today_says(world: Settings, browsers: dict[str, TestClient], name: str) -> None:
    """Every sentence of it stands on the reader's page, and it is on record as a read of Today."""
    number = reader_named(world, name).reader_id
    before = rows(world, "auditor", "select count(*) from control.page_reads where reader_id = %s", number)
    said = digest.run(world, number, "", show=True)
    page = html.unescape(re.sub(r"<[^>]+>", "", browsers[name].get("/today").text))
    mine = {NAMES[key] for key in schools_of(name)}
    assert not [school for school in NAMES.values() if school in said and school not in mine]
    for line in said.splitlines()[:-1]:
        text = re.sub(r"^(- [^(]*\([^)]*\): |\d+\. [^:]*: )", "", line)
        assert text in page, line
    after = rows(world, "auditor", "select count(*) from control.page_reads where reader_id = %s", number)
    assert after[0][0] > before[0][0]


def test_a_digest_is_sent_only_where_it_is_said_through_what(world: Settings) -> None:
    number = reader_named(world, "officer").reader_id
    with pytest.raises(digest.DigestError, match="WAREHOUSE_DIGEST_URL is not set"):
        digest.run(world, number, "officer@example.org", show=False)
    one_place = world.model_copy(update={"digest_url": SecretStr("json://127.0.0.1:9/all")})
    with pytest.raises(digest.DigestError, match=r"no \{to\}"):
        digest.run(one_place, number, "officer@example.org", show=False)
    taken: list[tuple[str, str]] = []
    with mail_server(taken) as address:
        through = world.model_copy(update={"digest_url": SecretStr(f"{address}/{{to}}")})
        with pytest.raises(digest.DigestError, match="no e-mail address"):
            digest.run(through, number, "", show=False)
        said = digest.run(through, number, "officer@example.org", show=False)
    ((path, body),) = taken
    assert "officer@example.org" in unquote(path)
    assert json.loads(body)["message"].strip() == said.strip()
