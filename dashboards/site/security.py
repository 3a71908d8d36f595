"""Headers that every answer carries: what a browser may load, where it may be framed, what it may keep.

OWASP ASVS 4.0.3, 14.4 (headers) and 8.2.1 (no copies of what a reader has seen).
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the design system's style sheet has one icon as data
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
NOTHING_KEPT = "private, no-store"  # after signing out on a shared machine, nothing is left to go back to
ONE_YEAR = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """ASGI middleware: the outermost, so that answers of all others carry the headers too.

    ``is_live``: whether browsers are told to come by HTTPS only.
    """

    def __init__(self, app: ASGIApp, is_live: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"strict-transport-security": ONE_YEAR} if is_live else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("cache-control", NOTHING_KEPT)
            await send(message)

        await self._app(scope, receive, secured)
