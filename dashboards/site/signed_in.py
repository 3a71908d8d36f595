"""Who is signed in: ``request.state.reader``, set by the middleware of sign-in for every request."""

from fastapi import Request

from dashboards.kit.page import Reader


class NotSignedInError(Exception):
    """The page is for readers, and nobody is signed in."""


def reader_of(request: Request) -> Reader:
    """The reader of this request. Raises NotSignedInError."""
    reader = getattr(request.state, "reader", None)
    if not isinstance(reader, Reader):
        raise NotSignedInError
    return reader
