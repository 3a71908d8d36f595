"""Cross-site request forgery: an unsafe request is taken from our own pages alone.

Every browser in use sends ``Origin`` with an unsafe request, and since 2023 ``Sec-Fetch-Site`` too; neither can be set
by a page. So no token has to be put into forms (OWASP, CSRF Prevention: "Fetch Metadata headers", "Standard headers").
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from dashboards.signin.mode import Mode, is_loopback

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def own_origin(mode: Mode, scheme: str, host: str | None) -> str | None:
    """The origin of our own pages; None where it cannot be told.

    Where no address is set (the demo) it is that of the request, but on this machine only: under another name a
    page of somebody else's could stand in for ours (DNS rebinding).
    """
    if mode.own_origin is not None:
        return mode.own_origin
    if host is None:
        return None
    origin = f"{scheme}://{host}".lower()
    return origin if is_loopback(host_name(origin)) else None


def host_name(origin: str) -> str | None:
    """Host of an origin, without port and brackets; None if it is none."""
    try:
        return urlsplit(origin).hostname
    except ValueError:
        return None


def refusal(method: str, headers: Mapping[str, str], own: str | None) -> str | None:
    """Why a request must not be served, in words for the log; None if it may.

    In: the method, the headers by lower-case name, and our own origin. A request that says nothing about where it
    comes from is refused too.
    """
    if method.upper() in SAFE_METHODS:
        return None
    if own is None:
        return "our own origin is not known"
    site = headers.get("sec-fetch-site")
    if site is not None and site.lower() != "same-origin":
        return "it comes from another site"
    origin = headers.get("origin")
    if origin is None:
        return None if site is not None else "it does not say where it comes from"
    return None if origin.lower() == own else "it comes from another origin"
