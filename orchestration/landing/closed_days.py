"""The authority's list of days without school: entries on the ledger, which every build reads (rule 8).

An entry closes days, or takes that back: then calendar and marks decide again. Of a school and day the last entry
counts, whether it named the school or the whole authority. Entries wait for nothing: days may be closed before the
first delivery speaks of them.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from psycopg import Connection

from orchestration.database import advisory_lock, connect
from orchestration.landing.outcomes import LandingError
from orchestration.landing.reference import Reference
from orchestration.settings import Settings

SEED_CODE = re.compile(r"[0-9]{7}")
LONGEST = 366  # days: a range of more is a slip of the keys
LARGEST = 1_000_000  # bytes of a list: some thousand times a year's holidays
COLUMNS = ("from", "to", "seed_code", "reason")
DAY_HELP = "A day is written 2025-12-22, several are 2025-12-22..2026-01-02."


@dataclass(frozen=True)
class Days:
    """Days from ``first`` to ``last``, both inclusive, of one school or (None) of all schools of the authority."""

    first: date
    last: date
    seed_code: int | None = None
    reason: str | None = None


def parse_days(text: str, seed_code: str | None = None, reason: str | None = None) -> Days:
    """Days as people write them, ``FROM`` or ``FROM..TO``. Raises LandingError with what to write instead."""
    first, dots, last = text.partition("..")
    try:
        found = Days(_day(first), _day(last if dots else first), reason=(reason or "").strip() or None)
    except ValueError:
        raise LandingError(f"{text!r} is no day. {DAY_HELP}") from None
    if found.last < found.first:
        raise LandingError(f"{text} ends before it begins. {DAY_HELP}")
    if (found.last - found.first).days >= LONGEST:
        raise LandingError(f"{text} is more than a year. {DAY_HELP}")
    school = (seed_code or "").strip()
    if school and not SEED_CODE.fullmatch(school):
        raise LandingError(f"{school!r} is no SEED code: that has seven digits, such as 5746728.")
    return Days(found.first, found.last, int(school) if school else None, found.reason)


def read_days(path: Path) -> tuple[Days, ...]:
    """Days of a CSV file with the columns ``from`` and, where wanted, ``to``, ``seed_code`` and ``reason``.

    Raises LandingError that names file, row (from 1, the header left out) and column.
    """
    try:
        if not path.is_file():
            raise LandingError(f"There is no file {path}.")
        if path.stat().st_size > LARGEST:
            raise LandingError(f"{path} is larger than a list of days can be ({LARGEST:,} bytes).")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except UnicodeDecodeError:
        raise LandingError(f"{path} is not UTF-8: save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise LandingError(f"{path} cannot be read as CSV ({error}): fields are separated by commas.") from None
    except OSError as error:
        raise LandingError(f"{path} cannot be read ({error.strerror}).") from None
    if any("\0" in field for row in rows for field in row):
        raise LandingError(f"{path} is no text: it has bytes of value 0. Save it as CSV UTF-8.")
    header = [name.strip() for name in rows[0]] if rows else []
    if "from" not in header or len(set(header)) < len(header) or set(header) - set(COLUMNS):
        raise LandingError(
            f"{path}: the first line has to name the columns, `from` and where wanted `to`, `seed_code`, `reason`, "
            "separated by commas."
        )
    found = []
    for number, row in enumerate(rows[1:], start=1):
        if not any(field.strip() for field in row):
            continue
        if len(row) != len(header):
            raise LandingError(f"{path}, row {number}: {len(row)} fields under {len(header)} columns.")
        fields = {name: field.strip() for name, field in zip(header, row, strict=True)}
        text = fields["from"] + (f"..{fields['to']}" if fields.get("to") else "")
        try:
            found.append(parse_days(text, fields.get("seed_code"), fields.get("reason")))
        except LandingError as error:
            raise LandingError(f"{path}, row {number}: {error}") from None
    if not found:
        raise LandingError(f"{path} has no days.")
    return tuple(found)


def authority_code(settings: Settings, text: str) -> str:
    """GSS code of an authority given by its code or its name. Raises LandingError when there is none."""
    for row in Reference.of(settings).rows("local_authorities"):
        if text.strip().casefold() in {row["local_authority_code"].casefold(), row["local_authority_name"].casefold()}:
            return row["local_authority_code"]
    raise LandingError(f"{text} is no authority: give the name or the GSS code of a council, such as S12000005.")


def close_days(settings: Settings, authority: str, days: Sequence[Days], reason: str, actor: str) -> int:
    """Close days of an authority's schools; returns how many days of schools or of the authority that changes.

    In: GSS code or name; why (stands on the ledger, so no pupil's details) and by whom. Raises LandingError when
    authority or school is not known, no reason is given, or all of it is closed already.
    """
    return _enter(settings, authority, days, reason, actor, is_closed=True)


def open_days(settings: Settings, authority: str, days: Sequence[Days], reason: str, actor: str) -> int:
    """Take the closing of days back: calendar and marks decide again. In, out and errors as for ``close_days``."""
    return _enter(settings, authority, days, reason, actor, is_closed=False)


def _enter(
    settings: Settings, authority: str, days: Sequence[Days], reason: str, actor: str, *, is_closed: bool
) -> int:
    if not reason.strip():
        raise LandingError("Say why: the reason stands on the ledger, for whoever asks later.")
    reference = Reference.of(settings)
    authority = authority_code(settings, authority)
    first_day, last_day = reference.academic_years()
    for entry in days:
        if entry.first < first_day or entry.last > last_day:
            raise LandingError(
                f"{entry.first}..{entry.last} is outside the academic years that are known ({first_day} to {last_day})."
            )
    with connect(settings, "steward") as connection, advisory_lock(connection, "landing"):
        _check_schools(connection, reference, authority, days)
        standing = _standing(connection, authority)
        changed = sum(_changes(entry, standing, is_closed) for entry in days)
        if not changed:
            what = "closed already" if is_closed else "not closed by `warehouse calendar close`"
            raise LandingError(f"Nothing to do: these days are {what}.")
        row = connection.execute(
            "insert into control.ledger_events (local_authority_code, kind, reason, actor) values (%s, %s, %s, %s) "
            "returning event_id",
            (authority, "days_closed" if is_closed else "days_opened", reason, actor),
        ).fetchone()
        assert row is not None
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into control.closed_days (event_id, local_authority_code, seed_code, first_day, last_day, "
                "is_closed, reason) values (%s, %s, %s, %s, %s, %s, %s)",
                [
                    (row[0], authority, entry.seed_code, entry.first, entry.last, is_closed, entry.reason or reason)
                    for entry in days
                ],
            )
        connection.commit()  # inside the lock: entries of the ledger are seen in the order of their numbers
    return changed


def _check_schools(connection: Connection, reference: Reference, authority: str, days: Sequence[Days]) -> None:
    """Schools have to be the authority's: published, or in an establishments file that it delivered."""
    schools = {
        int(row["seed_code"]) for row in reference.rows("schools") if row["local_authority_code"] == authority
    } | {
        row[0]
        for row in connection.execute(
            "select distinct file_establishments.seed_code from control.file_establishments "
            "inner join control.files using (file_id) inner join control.deliveries using (delivery_id) "
            "where files.feed = 'establishments' and file_establishments.rows_accepted > 0 "
            "and deliveries.local_authority_code = %s",
            (authority,),
        ).fetchall()
    }
    for entry in days:
        if entry.seed_code is not None and entry.seed_code not in schools:
            raise LandingError(
                f"{entry.seed_code:07d} is no school of {authority}: neither published nor in an establishments file "
                "that it delivered. See that code and authority are right."
            )


def _standing(connection: Connection, authority: str) -> dict[tuple[int | None, date], bool]:
    """What the list says now, by school (None: all) and day; of each key the last entry."""
    found: dict[tuple[int | None, date], bool] = {}
    for seed_code, first, last, is_closed in connection.execute(
        "select seed_code, first_day, last_day, is_closed from control.closed_days where local_authority_code = %s "
        "order by entry_id",
        (authority,),
    ):
        for day in _each(first, last):
            if seed_code is None:
                for key in [key for key in found if key[1] == day]:
                    del found[key]
            found[(seed_code, day)] = is_closed
    return found


def _changes(entry: Days, standing: dict[tuple[int | None, date], bool], is_closed: bool) -> int:
    """On how many days an entry says something new; an entry for all schools also where one school differs."""
    changed = 0
    for day in _each(entry.first, entry.last):
        everywhere = standing.get((None, day), False)
        if entry.seed_code is not None:
            changed += standing.get((entry.seed_code, day), everywhere) != is_closed
        else:
            said = {everywhere, *(value for (_, other), value in standing.items() if other == day)}
            changed += said != {is_closed}
    return changed


def _each(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip()):
        raise ValueError(text)
    return date.fromisoformat(text.strip())
