"""The dashboards of a home as readers have them: processes of their own, and sessions of the made-up readers."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

SESSION = "warehouse-session"
START_SECONDS = 90


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def environment(home: Path | None) -> dict[str, str]:
    """Settings for a process: those of this one, with another home if one is given."""
    more = {} if home is None else {"WAREHOUSE_HOME": str(home)}
    return {**os.environ, "WAREHOUSE_SIGN_IN_TRIES": "10000", "DO_NOT_TRACK": "1", **more}


@contextmanager
def process(command: list[str], ready: str, env: dict[str, str]) -> Iterator[None]:
    """A server while it is needed, from the moment that the address ``ready`` answers 200."""
    started = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(started, ready)
        yield
    finally:
        started.terminate()
        try:
            started.wait(timeout=20)
        except subprocess.TimeoutExpired:
            started.kill()


def _wait(started: subprocess.Popen[bytes], ready: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if started.poll() is not None:
            raise SystemExit(f"{started.args!r} ended with {started.returncode}")
        try:
            if httpx2.get(ready, timeout=5).status_code == 200:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"{ready} did not answer within {START_SECONDS} s")


@contextmanager
def dashboards(home: Path | None, workers: int = 2) -> Iterator[str]:
    """The dashboards of a home on a free port. Gives scheme, host and port."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "dashboards", "--port", str(port), "--workers", str(workers)]
    with process(command, f"{base}/ready", environment(home)):
        yield base


def sign_in(base: str, reader: str) -> str:
    """Begin a session as one of the made-up readers. Returns its cookie."""
    form = {"reader": reader, "next": "/health"}
    answer = httpx2.post(f"{base}/sign-in/local", data=form, headers={"origin": base}, timeout=30)
    cookie = answer.cookies.get(SESSION)
    if cookie is None:
        raise SystemExit(
            f"{reader} cannot sign in ({answer.status_code}): has this home a release and made-up readers?"
        )
    return cookie
