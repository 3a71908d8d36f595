"""Rows as they are released where a change is held: as they were shown, and with what is over since (RULES 44)."""

from collections.abc import Mapping
from typing import Any

from orchestration.release.held.changes import Changes, Place
from orchestration.release.held.half_days import COUNTS
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import LOW, NOT_APPLICABLE, SUPPRESSED, share, whole_percent

Row = dict[str, Any]
NEVER_HELD = ("pupils", "same_weeks")
"""Groups of measures that are decided elsewhere: counts of pupils by the declaration, the year before by its weeks."""
SHOWN = (None, LOW, NOT_APPLICABLE)
"""Symbols under which half days are told."""


def is_shown(row: Mapping[str, Any] | None) -> bool:
    """Whether a released row tells half days."""
    return row is not None and row["openings_symbol"] in SHOWN


def as_it_stands(contract: ReleaseContract, now: Row, standing: Row) -> Row:
    """Measures as they were shown, of a week or month that was over; what says how the row came about is of now.

    What is hidden now stays hidden; a split that was not shown then is hidden with it.
    """
    row = dict(now)
    for group, measures in contract.groups.items():
        symbol = f"{group}_symbol"
        if now[symbol] not in SHOWN or group == "pupils":
            continue
        row |= {name: standing[name] for name in (*measures, symbol)}
        if standing[symbol] not in SHOWN:
            row |= {**dict.fromkeys(measures), symbol: SUPPRESSED}
    return row


def without_changes(
    contract: ReleaseContract, now: Row, exact: Mapping[str, int], changes: Changes, place: Place
) -> Row:
    """A row of a time that goes on: its figures of now without the changes of what was over when it was shown.

    Splits and categories are hidden, since they would be of another time than their sum.
    """
    row = dict(now)
    counts = {name: exact[name] - change for name, change in zip(COUNTS, changes.total(place), strict=True)}
    possible, attended = counts["openings_possible"], counts["openings_attended"]
    recorded = possible + counts["openings_not_counted"]
    completeness = whole_percent(share(recorded, recorded + counts["openings_not_recorded"]))
    figures = {**counts, "attendance_rate": share(attended, possible), "completeness": completeness}
    for group, measures in contract.groups.items():
        symbol = f"{group}_symbol"
        if now[symbol] not in SHOWN or group in NEVER_HELD:
            continue
        if group == "openings":
            row |= {name: figures[name] for name in measures}
            row[symbol] = NOT_APPLICABLE if any(row[name] is None for name in measures) else None
        else:
            row |= {**dict.fromkeys(measures), symbol: SUPPRESSED}
    return row


def as_it_waits(contract: ReleaseContract, now: Row, standing: Row) -> Row:
    """A row that waits for the end of the month: as it stands, but for counts of pupils, which have their own rule."""
    row = dict(standing)
    for group in NEVER_HELD[:1]:
        row |= {name: now[name] for name in (*contract.groups.get(group, ()), f"{group}_symbol") if name in now}
    return row


def hidden(contract: ReleaseContract, now: Row) -> Row:
    """A row that is hidden for good."""
    row = dict(now)
    for group, measures in contract.groups.items():
        if row[f"{group}_symbol"] in SHOWN and group not in NEVER_HELD:
            row |= {**dict.fromkeys(measures), f"{group}_symbol": SUPPRESSED}
    return row
