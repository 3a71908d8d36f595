"""From an address to a checked request: which authority, which academic year, which school, for this reader.

What a reader may not see and what does not exist get the same answer, ``NotFoundError``.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from psycopg.errors import UndefinedTable
from sqlalchemy import Connection, Row, select, union
from sqlalchemy.exc import ProgrammingError

from dashboards.kit import tables
from dashboards.kit.page import NotFoundError, NotReadyError, Page, PageRequest, Parameter, Reader, Release

NOTHING_RELEASED = "No figures have been released yet."
ACADEMIC_YEAR = re.compile(r"(\d{4})[-/](\d{2})")


@cache
def authority_names(seeds: Path) -> dict[str, str]:
    """Names of the local authorities by GSS code, from the seed that release uses too."""
    with (seeds / "local_authorities.csv").open(newline="") as file:
        return {row["local_authority_code"]: row["local_authority_name"] for row in csv.DictReader(file)}


def releases_of(connection: Connection) -> tuple[Release, ...]:
    """Releases that the reader of this transaction may see, by authority. Empty: none yet, or no scope.

    Raises NotReadyError in a warehouse that has never released: the first release makes the tables.
    """
    found = tables.releases
    try:
        rows = connection.execute(select(found).order_by(found.c.local_authority_code)).all()
    except ProgrammingError as error:
        if isinstance(error.orig, UndefinedTable):
            raise NotReadyError(NOTHING_RELEASED) from None
        raise
    return tuple(_release(row) for row in rows)


def _release(row: Row[Any]) -> Release:
    return Release(
        local_authority_code=row.local_authority_code,
        release_id=row.release_id or 0,
        data_as_at=row.data_as_at,
        released_at=row.released_at,
        checked_at=row.checked_at,
        code_version=row.code_version,
        deliveries=tuple(row.deliveries or ()),
        label=row.label,
    )


def chosen_release(releases: tuple[Release, ...], asked: str) -> Release:
    """The release of the authority asked for, or the first of the reader's. Raises NotReadyError, NotFoundError."""
    if not releases:
        raise NotReadyError(NOTHING_RELEASED)
    if not asked:
        return releases[0]
    for release in releases:
        if release.local_authority_code == asked:
            return release
    raise NotFoundError(f"authority {asked}")


def academic_years_of(connection: Connection, authority: str) -> tuple[str, ...]:
    """Academic years with figures of the authority that the reader may see, latest first.

    Years before the first day of which there are marks, whose attendance has never come, are left out.
    """
    marts = (tables.attendance_by_authority_year, tables.attendance_by_school_year)
    each = (
        select(mart.c.academic_year, mart.c.data_as_at.is_not(None)).where(mart.c.local_authority_code == authority)
        for mart in marts
    )
    found = [(str(year), bool(has_marks)) for year, has_marks in connection.execute(union(*each))]
    first = min((year for year, has_marks in found if has_marks), default="")
    return tuple(sorted({year for year, _ in found if year >= first}, reverse=True))


def written_year(asked: str) -> str:
    """``2025-26`` as addresses have it, or ``2025/26``, as figures have it. Raises NotFoundError."""
    found = ACADEMIC_YEAR.fullmatch(asked)
    if found is None or int(found[2]) != (int(found[1]) + 1) % 100:
        raise NotFoundError(f"academic year {asked}")
    return f"{found[1]}/{found[2]}"


def year_before(academic_year: str) -> str:
    """The academic year before: 2024/25 for 2025/26."""
    first = int(academic_year[:4]) - 1
    return f"{first}/{(first + 1) % 100:02d}"


def values_of(page: Page, given: Mapping[str, str]) -> dict[str, str]:
    """The page's own parameters, each given or its default. Raises NotFoundError where one cannot be."""
    return {parameter.name: _checked(parameter, given.get(parameter.name, "")) for parameter in page.parameters}


def _checked(parameter: Parameter, value: str) -> str:
    if value == "" and not parameter.in_path:
        return parameter.default
    fits = (
        value.isprintable()
        and (not parameter.choices or value in parameter.choices)
        and (not parameter.pattern or re.fullmatch(parameter.pattern, value) is not None)
    )
    if not fits:
        raise NotFoundError(parameter.name)
    return value


def page_request(
    connection: Connection, page: Page, reader: Reader, names: Mapping[str, str], given: Mapping[str, str],
    releases: tuple[Release, ...], is_live: bool = False,
) -> PageRequest:  # fmt: skip
    """Check what was asked for against what this reader may see. Raises NotFoundError, NotReadyError."""
    values = values_of(page, given)
    release = chosen_release(releases, given.get("authority", ""))
    own_years = page.years_of(connection, release.local_authority_code) if page.years_of else ()
    years = own_years or academic_years_of(connection, release.local_authority_code)
    if not years:
        raise NotReadyError("No attendance figures have been released for this authority yet.")
    asked_year = given.get("year", "")
    year = written_year(asked_year) if asked_year else years[0]
    if year not in years:
        raise NotFoundError(f"academic year {year}")
    before = year_before(year)
    return PageRequest(
        reader=reader,
        release=release,
        authority_name=names.get(release.local_authority_code, release.local_authority_code),
        academic_year=year,
        academic_years=years,
        previous_year=before if before in years else None,
        school=(values["seed_code"], values["sector"]) if page.is_about_a_school else None,
        authorities=tuple((one.local_authority_code, names.get(one.local_authority_code, "")) for one in releases),
        values=values,
        years_of=page.years_of,
        is_live=is_live,
    )
