"""Numbers on the pages Authority, Schools and School are those of the marts, for cells drawn at random."""

import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient

from dashboards.kit.page import Reader
from orchestration.access import grant_example_set
from orchestration.settings import Settings
from tests.support.dashboard_cells import (
    Asked,
    Cells,
    PageTables,
    authority_cells,
    school_cells,
    schools_cells,
)
from tests.support.dashboards import client, reader_named
from tests.support.main_job import warehouse as run

AUTHORITY = "S12000005"
YEAR = "2025/26"
DRAWN = 40
PageOf = Callable[[Reader, str], Cells]
READERS = ("officer", "head-primary", "head-secondary", "head-special", "cluster-lead")


@pytest.fixture(scope="module")
def warehouse(released: Settings) -> Settings:
    grant_example_set(released, AUTHORITY)
    return released


@pytest.fixture
def drawing() -> random.Random:
    seed = secrets.randbits(32)
    print(f"random seed {seed}")
    return random.Random(seed)


def assert_same(shown: Cells, expected: Cells, drawing: random.Random) -> None:
    """Cells drawn among those that SQL gives; each must stand on the page, with the same text."""
    assert expected, "SQL gives no cell"
    wrong = {
        cell: (expected[cell], shown.get(cell))
        for cell in drawing.sample(sorted(expected), min(DRAWN, len(expected)))
        if shown.get(cell) != expected[cell]
    }
    assert not wrong, f"cells that differ (SQL, page): {wrong}"


@pytest.fixture(scope="module")
def browsers(warehouse: Settings) -> Iterator[Callable[[Reader], TestClient]]:
    """Call it with a reader for the browser of that reader, in front of an application of its own."""
    opened: dict[str, TestClient] = {}
    with ExitStack() as stack:

        def of(reader: Reader) -> TestClient:
            if reader.reader_name not in opened:
                opened[reader.reader_name] = stack.enter_context(client(warehouse, reader))
            return opened[reader.reader_name]

        yield of


@pytest.fixture
def page_of(browsers: Callable[[Reader], TestClient]) -> PageOf:
    """Call it with a reader and an address for the cells of the page."""

    def cells(reader: Reader, address: str) -> Cells:
        answer = browsers(reader).get(address)
        assert answer.status_code == 200, f"{address}: {answer.text}"
        return PageTables(answer.text).cells

    return cells


def sectors_seen(asked: Asked) -> list[str]:
    found = asked.rows("select sector from aggregated.attendance_by_authority_year where {where} order by sector")
    return [sector for (sector,) in found]


@pytest.mark.parametrize("name", READERS)
def test_the_authority_as_each_reader_sees_it(
    warehouse: Settings, page_of: PageOf, name: str, drawing: random.Random
) -> None:
    reader = reader_named(warehouse, name)
    asked = Asked(warehouse, reader, AUTHORITY, YEAR)
    sectors = sectors_seen(asked)
    assert sectors, f"{name} sees no total of the authority"
    for sector in sectors:
        shown = {
            cell: text
            for part in ("", "&part=for_whom", "&part=reasons", "&part=absence")
            for cell, text in page_of(reader, f"/authority?sector={sector}{part}").items()
        }
        assert_same(shown, authority_cells(asked, YEAR, sector), drawing)


@pytest.mark.parametrize("name", READERS)
def test_schools_and_a_school_as_each_reader_sees_them(
    warehouse: Settings, page_of: PageOf, name: str, drawing: random.Random
) -> None:
    reader = reader_named(warehouse, name)
    asked = Asked(warehouse, reader, AUTHORITY, YEAR)
    assert_same(page_of(reader, "/schools"), schools_cells(asked, YEAR), drawing)
    own = asked.rows("select seed_code, sector from aggregated.attendance_by_school_year where {where}")
    for seed_code, sector in drawing.sample(sorted(own), min(3, len(own))):
        shown = {
            cell: text
            for part in ("", "?part=for_whom", "?part=when", "?part=reasons", "?part=absence", "?part=profile")
            for cell, text in page_of(reader, f"/schools/{seed_code}/{sector}{part}").items()
        }
        assert_same(shown, school_cells(asked, YEAR, seed_code, sector), drawing)


def test_a_small_school_gets_the_reason_and_its_clusters_figures(warehouse: Settings) -> None:
    """Of shown rows of at least three schools; who sees one school alone has the whole cluster's, from release."""
    officer = reader_named(warehouse, "officer")
    asked = Asked(warehouse, officer, AUTHORITY, YEAR)
    ((seed_code, cluster),) = asked.rows(
        "select seed_code, min(cluster_name) from aggregated.attendance_by_school_stage "
        "inner join aggregated.clusters using (local_authority_code, seed_code, sector) "
        "where {where} and sector = 'primary' group by seed_code "
        "order by count(*) filter (where openings_symbol = '[c]') desc, seed_code limit 1"
    )
    expected = asked.rows(
        "select stage, case when count(openings_possible) >= 3 "
        "then round(100.0 * sum(openings_attended) / sum(openings_possible), 1) || '%%' else '[x]' end "
        "from aggregated.attendance_by_school_stage "
        "inner join aggregated.clusters using (local_authority_code, seed_code, sector) "
        "where {where} and sector = 'primary' and cluster_name = %(cluster)s "
        "and openings_possible is distinct from 0 group by stage",
        cluster=cluster,
    )
    caption = f"Attendance in the {cluster} cluster, primary schools"
    address = f"/schools/{seed_code}/primary?part=for_whom"
    with client(warehouse, officer) as browser:
        page = browser.get(address).text
    assert "one to four pupils would stand behind" in page
    shown = PageTables(page).cells
    assert {stage: shown[caption, stage, "Attendance"] for stage, _ in expected} == dict(expected)
    assert any(rate != "[x]" for _, rate in expected)
    done = run(warehouse, "access", "grant", "head-small", "--school", seed_code, "--sector", "primary")
    assert done.code == 0, done.errors
    with client(warehouse, reader_named(warehouse, "head-small")) as browser:
        page = browser.get(address).text
    ((whole, schools),) = asked.rows(
        "select coalesce(round(100 * attendance_rate, 1) || '%%', openings_symbol), schools_counted "
        "from aggregated.attendance_by_cluster where {where} and seed_code = %(seed_code)s and sector = 'primary'",
        seed_code=seed_code,
    )
    shown = PageTables(page).cells
    assert whole != "[x]", "the cluster drawn has too few schools for this test"
    assert shown[caption, "All pupils", "Attendance"] == whole
    assert shown[caption, "All pupils", "Schools added up"] == str(schools)
    assert {row for title, row, _ in shown if title == caption} == {"All pupils"}
    assert "so it is shown as a whole" in page
