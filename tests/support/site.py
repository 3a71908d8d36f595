"""The dashboards as a site on loopback, with sessions of the made-up readers, for browsers and for plain clients."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2
import uvicorn
from fastapi import FastAPI, HTTPException

from dashboards.kit.page import NotReadyError, Page, Reader
from dashboards.signin.cookies import SESSION
from dashboards.site.app import create_app
from orchestration.settings import Settings
from tests.support.dashboards import reader_named
from tests.support.main_job import rows

READERS = ("officer", "head-primary", "head-secondary", "head-special", "cluster-lead")
HEADS = ("head-primary", "head-secondary", "head-special")
# Addresses of the site for errors that cannot be had by asking; sign-in and access log lie before them.
ERRORS = {"/test-of-500": 500, "/test-of-503": 503, "/test-of-429": 429, "/test-of-403": 403}


@dataclass
class Site:
    """A running site. ``sessions``: the cookie of each reader who has signed in."""

    base: str
    app: FastAPI
    settings: Settings
    sessions: dict[str, str] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)

    def session(self, reader: str) -> str:
        """The session of a reader, begun by choosing the reader from the list of sign-in."""
        if reader not in self.sessions:
            with httpx2.Client(base_url=self.base) as client:
                answer = client.post(
                    "/sign-in/local", data={"reader": reader, "next": "/health"}, headers={"origin": self.base}
                )
                assert answer.status_code == 303, answer.text
                self.sessions[reader] = answer.cookies[SESSION]
        return self.sessions[reader]

    def client(self, reader: str | None) -> httpx2.Client:
        """A plain client, signed in unless ``reader`` is None."""
        cookies = {SESSION: self.session(reader)} if reader else {}
        return httpx2.Client(base_url=self.base, cookies=cookies, timeout=60)

    def reader(self, name: str) -> Reader:
        """A reader with the scopes that the database knows."""
        if name not in self.readers:
            self.readers[name] = reader_named(self.settings, name)
        return self.readers[name]

    def school(self, name: str) -> tuple[str, str]:
        """A school that the reader may see: the own one of a head, the largest with figures for an officer."""
        reader = self.reader(name)
        if reader.schools:
            return reader.schools[0]
        ((seed_code, sector),) = rows(
            self.settings,
            "analyst",
            "select seed_code::text, sector from aggregated.attendance_by_school_year "
            "order by academic_year desc, pupils desc nulls last, seed_code limit 1",
        )
        return seed_code, sector

    def address(self, page: Page, reader: str, school: tuple[str, str] | None = None) -> str:
        """Address of a page for this reader."""
        seed_code, sector = school or self.school(reader)
        return page.path.replace("{seed_code}", seed_code).replace("{sector}", sector)


@contextmanager
def serve(app: FastAPI) -> Iterator[str]:
    """Serve an application from a thread, on a port of loopback that is free. Gives scheme, host and port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=3))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()


@contextmanager
def running_site(settings: Settings) -> Iterator[Site]:
    """The dashboards of a released warehouse, with the addresses of ``ERRORS`` besides."""
    patient = settings.model_copy(update={"sign_in_tries": 10_000})
    app = create_app(patient)
    for path, status in ERRORS.items():
        app.add_api_route(path, _failing(status))
    with serve(app) as base:
        yield Site(base, app, patient)


def _failing(status: int) -> Callable[[], None]:
    def fail() -> None:
        if status == 500:
            raise RuntimeError("nobody foresaw this")
        if status == 503:
            raise NotReadyError("No figures have been released yet.")
        raise HTTPException(status)

    return fail
