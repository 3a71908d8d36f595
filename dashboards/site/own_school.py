"""Own school in a request: whether it is this reader's, the line that says so, and the figures, which nobody keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from dashboards.kit.page import Page, PageRequest
from dashboards.site.database import Database

OWN_SCHOOLS = text("select seed_code, sector from access.own_schools()")
OPEN = text("select access.open_own_school(:authority, :seed_code, :sector, :marts)")


def is_own(connection: Connection, page: Page, given: Mapping[str, str]) -> bool:
    """Whether the reader of this transaction may see the page's school exactly, as things stand now."""
    if page.own is None:
        return False
    own = {(row.seed_code, row.sector) for row in connection.execute(OWN_SCHOOLS)}
    return (given.get("seed_code"), given.get("sector")) in own


def own_tables(database: Database, page: Page, asked: PageRequest) -> Sequence[Any]:
    """Exact tables of the page's school for its head, after the reading has been noted; none where it is not open.

    Two transactions: what is read is seen only once the line is committed.
    """
    if page.own is None or asked.school is None:
        return ()
    seed_code, sector = asked.school
    with database.noting(asked.reader) as connection:
        values = {"authority": asked.authority, "seed_code": seed_code, "sector": sector, "marts": [*page.own.marts]}
        if not connection.execute(OPEN, values).scalar_one():
            return ()
    with database.reading(asked.reader) as connection:
        return tuple(page.own.tables(connection, asked))
