"""Load on a server over plain sockets: pages that arrive at a steady rate, and as many as a server can do.

A page that arrives at a steady rate is measured from the moment it was due, so a server that falls behind is seen to.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SECONDS_A_PAGE = 30.0


@dataclass(frozen=True)
class Wanted:
    """A page to ask for: a kind to sort by, address, and the session of the reader who asks."""

    kind: str
    path: str
    cookie: str


@dataclass
class Answers:
    """First bytes in milliseconds by kind, in order of arrival, and what went wrong."""

    first_bytes: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def number(self) -> int:
        """Pages answered with 200."""
        return sum(map(len, self.first_bytes.values()))


class Connections:
    """Open connections to one server, taken and given back; a new one where all are taken."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()

    async def get(self, wanted: Wanted, due: float) -> tuple[float, int]:
        """Ask for a page. Returns milliseconds from ``due`` to its first byte, and the status."""
        while self._idle:
            reader, writer = self._idle.popleft()
            try:
                return await self._ask(reader, writer, wanted, due)
            except (ConnectionError, asyncio.IncompleteReadError):  # it has rested so long that the server closed it
                writer.close()
        return await self._ask(*await asyncio.open_connection(self._host, self._port), wanted, due)

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wanted: Wanted, due: float
    ) -> tuple[float, int]:
        request = (
            f"GET {wanted.path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\ncookie: {wanted.cookie}\r\n"
            "accept: text/html\r\naccept-encoding: gzip\r\nsec-fetch-mode: navigate\r\n\r\n"
        )
        writer.write(request.encode())
        first = await reader.readexactly(1)
        taken = (time.perf_counter() - due) * 1000
        head = first + await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:"))
        await reader.readexactly(length)
        self._idle.append((reader, writer))
        return taken, int(lines[0].split()[1])

    def close(self) -> None:
        """Close what is open."""
        for _, writer in self._idle:
            writer.close()


async def _one(connections: Connections, wanted: Wanted, due: float, answers: Answers) -> None:
    try:
        taken, status = await asyncio.wait_for(connections.get(wanted, due), SECONDS_A_PAGE)
    except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
        answers.failed.append(f"{wanted.path}: {type(error).__name__}")
        return
    if status == 200:
        answers.first_bytes.setdefault(wanted.kind, []).append(taken)
    else:
        answers.failed.append(f"{wanted.path}: {status}")


def steady(base: str, pages: Sequence[Wanted], rate: float, seconds: float) -> Answers:
    """Ask for the pages in turn, ``rate`` a second, whether the one before has been answered or not."""

    async def run() -> Answers:
        connections, answers, tasks = Connections(base), Answers(), []
        began = time.perf_counter() + 0.5
        for number in range(round(rate * seconds)):
            due = began + number / rate
            if (ahead := due - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            tasks.append(asyncio.create_task(_one(connections, pages[number % len(pages)], due, answers)))
        await asyncio.gather(*tasks)
        answers.seconds = time.perf_counter() - began
        connections.close()
        return answers

    return asyncio.run(run())


def saturated(base: str, pages: Sequence[Wanted], readers: int, seconds: float) -> Answers:
    """Ask with so many readers at once, each for the next page as soon as the one before is there."""

    async def run() -> Answers:
        connections, answers = Connections(base), Answers()
        began = time.perf_counter()

        async def reader(place: int) -> None:
            while time.perf_counter() - began < seconds:
                await _one(connections, pages[place % len(pages)], time.perf_counter(), answers)
                place += readers

        await asyncio.gather(*(reader(place) for place in range(readers)))
        answers.seconds = time.perf_counter() - began
        connections.close()
        return answers

    return asyncio.run(run())
