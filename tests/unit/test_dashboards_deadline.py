"""A connection that does not end its request is closed; one whose answer takes longer is not, nor one that reads on."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from dashboards.site import deadline

SECONDS = 0.4
HEAD = b"GET / HTTP/1.1\r\nhost: here\r\n"
ANSWER = b"HTTP/1.1 204"


async def _slow(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the request whole, and answers after twice the deadline."""
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(2 * SECONDS)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    monkeypatch.setattr(deadline, "REQUEST_SECONDS", SECONDS)
    listener = socket.create_server(("127.0.0.1", 0))
    options = {"http": deadline.DeadlineProtocol, "ws": "none", "lifespan": "off", "log_config": None}
    server = uvicorn.Server(uvicorn.Config(_slow, **options))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@pytest.mark.parametrize(
    "begun",
    [b"", HEAD, b"POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 9\r\n\r\n", HEAD + b"\r\n"],
    ids=["nothing", "half a head", "no body", "one request, then nothing"],
)
def test_what_is_begun_and_not_ended_is_closed(address: tuple[str, int], begun: bytes) -> None:
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(begun)
        began = time.monotonic()
        said = b""
        while received := client.recv(1000):
            said += received
        took = time.monotonic() - began
    assert took > SECONDS / 2
    assert said.startswith(ANSWER) == begun.endswith(HEAD + b"\r\n")


def drip(client: socket.socket) -> None:
    for _ in range(100):
        client.sendall(b"x")
        time.sleep(SECONDS / 8)


def test_more_of_it_is_no_reason_to_wait_longer(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(HEAD + b"x-")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            drip(client)


def test_whole_requests_are_answered_one_after_another(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=10) as client:
        for _ in range(2):
            client.sendall(HEAD + b"\r\n")
            assert client.recv(1000).startswith(ANSWER)
