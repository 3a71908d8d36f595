"""A head who asks for another school gets what is asked for what does not exist, and the access log has the line."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from dashboards.site.app import create_app
from dashboards.subjects import PAGES
from orchestration.access import grant_example_set
from orchestration.database import connect
from orchestration.settings import Settings
from tests.support.dashboards import reader_named
from tests.support.main_job import rows

AUTHORITY = "S12000005"
HEADS = ("head-primary", "head-secondary", "head-special")
ORIGIN = "http://127.0.0.1"
School = tuple[str, str]


@pytest.fixture(scope="module")
def warehouse(released: Settings) -> Settings:
    grant_example_set(released, AUTHORITY)
    return released.model_copy(update={"sign_in_tries": 10_000})


@pytest.fixture(scope="module")
def everybody(warehouse: Settings) -> Iterator[dict[str, TestClient]]:
    """A browser for each reader, all in one process and with its one cache."""
    app = create_app(warehouse)
    with TestClient(app, base_url=ORIGIN):
        found = {}
        for reader in ("officer", *HEADS):
            client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
            form = {"reader": reader, "next": "/about"}
            assert client.post("/sign-in/local", data=form, headers={"origin": ORIGIN}).status_code == 303
            found[reader] = client
        yield found


def schools(warehouse: Settings) -> list[School]:
    return rows(warehouse, "analyst", "select distinct seed_code::text, sector from aggregated.schools order by 1, 2")


def own(warehouse: Settings, head: str) -> School:
    return reader_named(warehouse, head).schools[0]


def last_read(warehouse: Settings) -> tuple[object, ...]:
    query = (
        "select readers.reader_name, reads.page, reads.seed_code, reads.sector, reads.format, reads.status "
        "from control.page_reads as reads inner join access.readers using (reader_id) order by read_id desc limit 1"
    )
    with connect(warehouse, "steward", autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return tuple(row)


@pytest.mark.parametrize("head", HEADS)
def test_every_other_school_is_not_found_and_on_record(
    warehouse: Settings, everybody: dict[str, TestClient], head: str
) -> None:
    """Its page with all its charts, which an officer has just read and the process keeps, and what can be saved."""
    mine = own(warehouse, head)
    others = [school for school in schools(warehouse) if school != mine]
    assert len(others) > 20
    for number, (seed_code, sector) in enumerate(others):
        asked = [("html", f"/schools/{seed_code}/{sector}")]
        if number < 5:
            saved = f"/schools/{seed_code}/{sector}/tables"
            asked += [("xlsx", f"{saved}.xlsx"), ("csv", f"{saved}/attendance_by_month.csv")]
            assert everybody["officer"].get(asked[0][1]).status_code == 200
        for wanted, path in asked:
            answer = everybody[head].get(path)
            assert answer.status_code == 404, path
            assert answer.text == everybody[head].get("/schools/99999999/primary").text
            answer = everybody[head].get(path)
            assert last_read(warehouse) == (head, "school", seed_code, sector, wanted, 404)


@pytest.mark.parametrize("head", HEADS)
def test_what_the_own_page_leads_to_may_be_read(
    warehouse: Settings, everybody: dict[str, TestClient], head: str
) -> None:
    """The other side of it: every link on a head's pages opens."""
    client = everybody[head]
    seed_code, sector = own(warehouse, head)
    pages = [page.path.replace("{seed_code}", seed_code).replace("{sector}", sector) for page in PAGES]
    links = set()
    for path in pages:
        text = client.get(path).text
        links |= {piece.split('"')[0].replace("&amp;", "&") for piece in text.split('href="')[1:]}
    for link in sorted(link for link in links if link.startswith("/") and "/static/" not in link):
        assert client.get(link).status_code in {200, 303}, link


@pytest.mark.parametrize("head", HEADS)
def test_another_school_as_a_parameter(warehouse: Settings, everybody: dict[str, TestClient], head: str) -> None:
    """The deliveries behind another school's figures: no name, no code, no row of it."""
    mine = own(warehouse, head)
    client = everybody[head]
    for seed_code, _ in schools(warehouse):
        if seed_code == mine[0]:
            continue
        path = f"/data-quality?of={seed_code}"
        assert everybody["officer"].get(path).status_code == 200
        assert client.get(path).status_code == 404, path
        assert last_read(warehouse)[:3] == (head, "data_quality", seed_code)
        assert last_read(warehouse)[-1] == 404


@pytest.mark.parametrize(
    "written",
    [
        "/schools/{}/{}/", "//schools/{}/{}", "/SCHOOLS/{}/{}", "/schools/{}//{}", "/schools/1003020/%2e%2e/{}/{}",
        "/schools/{}/{}/tables", "/schools/{}/{}/tables/by_week.CSV",
    ],
)  # fmt: skip
def test_an_address_that_is_nearly_one_of_ours_is_on_record_with_its_school(
    warehouse: Settings, everybody: dict[str, TestClient], written: str
) -> None:
    """No page takes it, and nobody is led elsewhere: not to the host that the request names either."""
    head = HEADS[0]
    seed_code, sector = next(school for school in schools(warehouse) if school != own(warehouse, head))
    answer = everybody[head].get(written.format(seed_code, sector), headers={"host": "evil.example.org"})
    assert answer.status_code == 404
    assert "evil" not in answer.text + str(answer.headers)
    assert last_read(warehouse)[:4] == (head, "unknown", seed_code, sector)


@pytest.mark.parametrize("head", HEADS)
def test_no_page_names_another_school(warehouse: Settings, everybody: dict[str, TestClient], head: str) -> None:
    """Nothing of a head's pages names a school that the head may not see, but where the own cluster is called so."""
    mine = own(warehouse, head)
    names = rows(warehouse, "analyst", "select distinct seed_code::text, school_name from aggregated.schools")
    kept = {name for code, name in names if code == mine[0]}
    clusters = {name for (name,) in rows(warehouse, "steward", "select distinct cluster_name from access.clusters")}
    others = {name for code, name in names if code != mine[0]} - kept - clusters
    client = everybody[head]
    for page in PAGES:
        path = page.path.replace("{seed_code}", mine[0]).replace("{sector}", mine[1])
        answer = client.get(path)
        assert answer.status_code == 200, path
        found = [name for name in others if name in answer.text and not any(name in own_name for own_name in kept)]
        assert not found, f"{path} names {found}"
