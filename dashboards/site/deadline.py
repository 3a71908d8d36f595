"""HTTP as uvicorn speaks it, with a deadline for what a client has begun to ask and does not end.

A connection that never ends its request costs a socket each; some hundreds of them would leave none for readers. The
proxy in front has such a deadline too; this is for where there is none (OWASP, slow HTTP attacks).
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_SECONDS = 10.0


class DeadlineProtocol(HttpToolsProtocol):
    """Closes a connection whose request has not arrived whole ``REQUEST_SECONDS`` after it began."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Go on waiting while the request is not whole: more of it is no reason to wait longer."""
        super().data_received(data)
        if self._is_waiting():
            self._wait()
        else:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nothing to wait for."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self._close)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _close(self) -> None:
        self._deadline = None
        if self._is_waiting():
            self.transport.close()

    def _is_waiting(self) -> bool:
        """Whether head or body of a request are still to come."""
        cycle: Any = self.cycle
        return cycle is None or cycle.response_complete or cycle.more_body
