"""Names in a header that look like a column of the contract and are none: which character makes the difference.

Spreadsheets and reports write no-break spaces, zero-width spaces, byte-order marks and soft hyphens that nobody sees.
"""

import re
import unicodedata
from collections.abc import Iterable

PLAIN = re.compile(r"[a-z0-9_]")
CONTROLS = {0x09: "tab", 0x0A: "line feed", 0x0D: "carriage return", 0x7F: "delete"}
# Letters of other alphabets that look like Latin ones: of the Unicode list of confusables those in lower case.
LATIN = str.maketrans(
    dict(
        zip(
            "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0501\u0578\u03bf\u03c1\u03c5\u03bd\u0131\u0261\u04bb",
            "aeopcyxisdnopuvigh",
            strict=True,
        )
    )
)


def looks_like(name: str, column: str) -> bool:
    """Whether a name of a header, without what cannot be seen or is mistaken, is that of the column."""
    return name != column and _bare(name) == _bare(column)


def difference(name: str, column: str, position: int) -> str:
    """What a name that looks like ``column`` has that is not plain, in words: ``column 1: U+200B zero width space``."""
    odd = list(dict.fromkeys(character for character in name if not PLAIN.match(character)))
    unseen = [character for character in odd if not (character.isascii() and character.isprintable())]
    if unseen:
        said = ", ".join(f"U+{ord(character):04X} {_name(character)}" for character in unseen)
        return f"column {position + 1} looks like {column} and holds {said}"
    if name.strip() == column:
        return f"column {position + 1} is {column} with a space beside it"
    if name.lower() == column:
        return f"column {position + 1} is {column} in capital letters"
    return f"column {position + 1} is {column} written in another way"


def find_alike(column: str, unknown: Iterable[tuple[int, str]]) -> str | None:
    """The ``difference`` of the first unknown name that looks like the column, with its position from 0."""
    return next((difference(name, column, at) for at, name in unknown if looks_like(name, column)), None)


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold().translate(LATIN)
    return "".join(character for character in plain if unicodedata.category(character)[0] in "LN")


def _name(character: str) -> str:
    if character == "\ufeff":
        return "byte-order mark"
    return unicodedata.name(character, CONTROLS.get(ord(character), "without a name")).lower()
