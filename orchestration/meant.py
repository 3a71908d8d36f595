"""What may have been meant by a name that is not known: one wording for contracts, models and commands."""

from collections.abc import Iterable
from difflib import get_close_matches

ALIKE = 0.6
"""From this share of common letters on, a known name is offered."""


def hint(name: object, known: Iterable[str]) -> str:
    """What is allowed instead of a name, and which of it may have been meant."""
    listed = list(known)
    return f"known are {', '.join(listed)}{meant(name, listed)}" if listed else "none is known here"


def meant(name: object, known: Iterable[str]) -> str:
    """The like, where what is known is too much to list."""
    near = nearest(name, known)
    return f"; did you mean {near}?" if near else ""


def nearest(name: object, known: Iterable[str]) -> str | None:
    """The known name that is most like this one, whatever its capitals and hyphens; None where none is."""
    folded = {_folded(other): other for other in known}
    near = get_close_matches(_folded(name), list(folded), 1, ALIKE)
    return folded[near[0]] if near else None


def _folded(name: object) -> str:
    return str(name).lower().replace("-", "_").replace(" ", "_")
