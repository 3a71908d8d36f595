"""Dagster and the dashboards beside the database: started once, found again, stopped whole."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from orchestration.database import is_alive
from orchestration.services import (
    SERVICES,
    Service,
    ServiceError,
    is_outdated,
    log_of,
    running,
    start_service,
    stop_service,
)
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


def test_a_service_is_outdated_when_its_code_has_changed(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make up` left pages of yesterday's code standing, and said that all was well."""
    page = tmp_path / "pages" / "today.html"
    page.parent.mkdir()
    page.write_text("before")
    monkeypatch.setattr(Settings, "project_dir", tmp_path)
    service = replace(ANSWERS, made_of=("pages",))
    first = start_service(settings, service)
    (tmp_path / "pages" / "__pycache__").mkdir()
    (tmp_path / "pages" / "__pycache__" / "today.pyc").write_bytes(b"made by running it")
    page.touch()
    assert not is_outdated(settings, service)
    page.write_text("after")
    assert is_outdated(settings, service)
    stop_service(settings, service.name)
    assert not is_outdated(settings, service), "what does not run cannot be"
    second = start_service(settings, service, port=first.port)
    assert (second.port, is_outdated(settings, service)) == (first.port, False)


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
        _what_has_changed_is_started_again(released)
    finally:
        notes = [json.loads(path.read_text()) for path in (released.home / "services").glob("*.json")]
        for service in SERVICES:
            stop_service(released, service.name)
    assert notes
    assert not any(is_alive(note["pid"]) for note in notes)


def _what_has_changed_is_started_again(settings: Settings) -> None:
    """The dashboards, whose note says that they were started with other code, and nothing else."""
    before = {service.name: running(settings, service.name) for service in SERVICES}
    note = settings.home / "services" / "dashboards.json"
    note.write_text(json.dumps({**json.loads(note.read_text()), "code": "of yesterday"}))
    again = warehouse(settings, "up", "--services")
    assert again.code == 0, again.output + again.errors
    assert again.output.count("started again, its code had changed") == 1
    after = {service.name: running(settings, service.name) for service in SERVICES}
    assert after["dashboards"] is not None
    assert before["dashboards"] is not None
    assert after["dashboards"].pid != before["dashboards"].pid
    assert after["dashboards"].port == before["dashboards"].port
    assert {name: found for name, found in after.items() if name != "dashboards"} == {
        name: found for name, found in before.items() if name != "dashboards"
    }


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
