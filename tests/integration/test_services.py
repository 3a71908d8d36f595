"""Dagster and the dashboards beside the database: started once, found again, stopped whole."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import httpx2
import pytest

from orchestration.database import is_alive
from orchestration.services import SERVICES, Service, ServiceError, log_of, running, start_service, stop_service
from orchestration.settings import Settings
from tests.support.main_job import warehouse

ANSWERS = Service("answers", lambda port: [sys.executable, "-m", "http.server", str(port)], "/", 0)
ENDS = Service("ends", lambda _: [sys.executable, "-c", "print('no such thing')"], "/", 0)


@pytest.fixture(autouse=True)
def nothing_left(settings: Settings) -> Iterator[None]:
    yield
    for name in ("answers", "ends"):
        stop_service(settings, name)


def test_a_service_is_started_once_and_stopped(settings: Settings) -> None:
    first = start_service(settings, ANSWERS)
    assert start_service(settings, ANSWERS) == first == running(settings, "answers")
    assert stop_service(settings, "answers")
    assert not is_alive(first.pid)
    assert running(settings, "answers") is None
    assert not stop_service(settings, "answers")


def test_a_note_of_a_process_that_is_gone_counts_for_nothing(settings: Settings) -> None:
    first = start_service(settings, ANSWERS)
    os.kill(first.pid, 9)
    subprocess.run(["sleep", "0.2"], check=True)
    assert running(settings, "answers") is None
    second = start_service(settings, ANSWERS)
    assert second.pid != first.pid


def test_a_service_that_ends_at_once_names_its_log(settings: Settings) -> None:
    with pytest.raises(ServiceError, match=str(log_of(settings, "ends"))):
        start_service(settings, ENDS)
    assert "no such thing" in log_of(settings, "ends").read_text()
    assert running(settings, "ends") is None


def test_up_and_down_of_everything(released: Settings) -> None:
    started = warehouse(released, "up", "--services")
    try:
        assert started.code == 0, started.output + started.errors
        for name in ("dashboards", "dagster"):
            found = running(released, name)
            assert found is not None
            assert found.address in started.output
        assert running(released, "dagster-daemon") is not None
        _dagster_is_operated_with_the_link_alone(started.output)
    finally:
        notes = [json.loads(path.read_text()) for path in (released.home / "services").glob("*.json")]
        for service in SERVICES:
            stop_service(released, service.name)
    assert notes
    assert not any(is_alive(note["pid"]) for note in notes)


def _dagster_is_operated_with_the_link_alone(said: str) -> None:
    """Any user of the machine, and any web page open on it, could stop a sensor."""
    link = re.search(r"(http://127\.0\.0\.1:\d+)/\?operator=\w+", said)
    assert link is not None
    asked = {"query": "mutation { wipeAssets(assetPartitionRanges: []) { __typename } }"}
    with httpx2.Client(base_url=link[1]) as browser:
        assert browser.get("/runs", headers={"host": "example.org"}).status_code == 421
        assert browser.post("/graphql", json=asked, headers={"sec-fetch-site": "cross-site"}).status_code == 403
        looked = browser.post("/graphql", json=asked)
        assert "UnauthorizedError" in looked.text
        assert browser.get(link[0]).status_code == 303
        assert "UnauthorizedError" not in browser.post("/graphql", json=asked).text
