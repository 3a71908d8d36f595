"""The access log: each page and each refusal has its line, and what cannot be recorded is not read."""

import psycopg
import pytest
from fastapi import FastAPI

from orchestration.database import connect
from orchestration.settings import Settings
from tests.support.sign_in_site import change, rows, signed_in

LOOK_UP = "access.reader_of_session(bytea, interval, interval)"
pytestmark = pytest.mark.usefixtures("readers")


def test_each_page_and_each_refusal_is_on_record(
    site_of_examples: FastAPI, warehouse: Settings, readers: dict[str, int]
) -> None:
    client = signed_in(site_of_examples)
    change(warehouse, "truncate control.page_reads")
    assert client.get("/school/5705231/primary").status_code == 200
    assert client.get("/school/5702437/secondary").status_code == 404
    assert client.get("/no-such-page?seed_code=5702437&sector=secondary&q=a-childs-name").status_code == 404
    log = rows(
        warehouse,
        "select reader_id, page, local_authority_code, seed_code, sector, format, status, milliseconds >= 0 "
        "from control.page_reads order by read_id",
    )
    head = readers["head-primary"]
    assert log == [
        (head, "school", "S12000005", "5705231", "primary", "html", 200, True),
        (head, "school", "S12000005", "5702437", "secondary", "html", 404, True),
        (head, "unknown", None, "5702437", "secondary", "html", 404, True),
    ]


def test_a_page_that_breaks_is_on_record(site_of_examples: FastAPI, warehouse: Settings) -> None:
    client = signed_in(site_of_examples)
    assert client.get("/broken").status_code == 500
    assert rows(warehouse, "select status from control.page_reads order by read_id desc limit 1") == [(500,)]


def test_codes_in_the_log_are_codes(site_of_examples: FastAPI, warehouse: Settings) -> None:
    client = signed_in(site_of_examples)
    assert client.get("/school/a-childs-name/primary-ish").status_code == 404
    assert rows(warehouse, "select seed_code, sector from control.page_reads order by read_id desc limit 1") == [
        (None, None)
    ]


def test_a_page_that_cannot_be_recorded_is_not_sent(site_of_examples: FastAPI, warehouse: Settings) -> None:
    client = signed_in(site_of_examples)
    change(warehouse, "revoke insert on control.page_reads from dashboard")
    try:
        answer = client.get("/today")
        assert answer.status_code == 503
        assert "head-primary" not in answer.text
        assert "Traceback" not in answer.text
    finally:
        change(warehouse, "grant insert on control.page_reads to dashboard")
    assert client.get("/today").status_code == 200


def test_while_the_sessions_cannot_be_read_there_is_a_plain_page(
    site_of_examples: FastAPI, warehouse: Settings
) -> None:
    client = signed_in(site_of_examples)
    change(warehouse, f"revoke execute on function {LOOK_UP} from dashboard")
    try:
        answer = client.get("/today")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "Traceback" not in answer.text
    finally:
        change(warehouse, f"grant execute on function {LOOK_UP} to dashboard")


def test_the_dashboards_role_reads_no_log_and_no_reader(warehouse: Settings) -> None:
    for table in ("control.page_reads", "access.readers", "access.scopes"):
        with connect(warehouse, "dashboard") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"select * from {table}")
