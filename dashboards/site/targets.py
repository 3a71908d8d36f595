"""Where a reader goes after sign-in: a path of ours, never somebody else's address."""

from urllib.parse import urlsplit

HOME = "/"
LONGEST = 1000
OWN_PAGES = ("/sign-in", "/sign-out", "/signed-out")


def own_path(wanted: str | None) -> str:
    r"""``wanted`` if it is a path (with query) of this site, else the home page.

    Browsers take ``\`` for ``/`` and drop tabs and line breaks, so ``/\host`` and ``/<tab>/host`` lead elsewhere:
    nothing but printable ASCII without backslash passes (OWASP, Unvalidated Redirects and Forwards). Pages of
    sign-in itself would lead in a circle.
    """
    if not wanted or len(wanted) > LONGEST or not wanted.startswith("/") or wanted.startswith("//"):
        return HOME
    if "\\" in wanted or not wanted.isascii() or not wanted.isprintable() or " " in wanted:
        return HOME
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or parts.path.startswith(OWN_PAGES):
        return HOME
    return wanted
