"""The access log: one line in ``control.page_reads`` for each page and reader, written before the page is sent.

Nothing is read unrecorded: a page whose line cannot be written is not sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from dashboards.kit.page import SECTORS, Format, PageRead

AUTHORITY = re.compile(r"S1[0-9]{7}")
SEED_CODE = re.compile(r"[0-9]{1,8}")
FORMATS: dict[str, Format] = {
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
UNKNOWN = "unknown"
LINE = text(
    "insert into control.page_reads "
    "(reader_id, page, local_authority_code, seed_code, sector, format, status, milliseconds) "
    "values (:reader, :page, :authority, :seed_code, :sector, :format, :status, :milliseconds)"
)


@dataclass(frozen=True)
class Served:
    """How a request was answered: HTTP status, and milliseconds until the answer was ready."""

    status: int
    milliseconds: int


def record(connection: Connection, reader_id: int | None, read: PageRead, served: Served) -> None:
    """Write the line. Codes are kept where they have the form of codes: an address may hold anything."""
    connection.execute(
        LINE,
        {
            "reader": reader_id,
            "page": read.page,
            "authority": _if_fits(AUTHORITY, read.local_authority_code),
            "seed_code": _if_fits(SEED_CODE, read.seed_code),
            "sector": read.sector if read.sector in SECTORS else None,
            "format": read.format,
            "status": served.status,
            "milliseconds": served.milliseconds,
        },
    )


def read_of(given: Mapping[str, str], content_type: str) -> PageRead:
    """What was asked for where no page took the request, as far as the query names it. In: the query parameters."""
    media = content_type.partition(";")[0].strip().lower()
    return PageRead(
        page=UNKNOWN,
        format=FORMATS.get(media, "html"),
        local_authority_code=given.get("authority"),
        seed_code=given.get("seed_code"),
        sector=given.get("sector"),
    )


def _if_fits(pattern: re.Pattern[str], value: str | None) -> str | None:
    return value if value and pattern.fullmatch(value) else None
