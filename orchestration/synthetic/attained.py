"""What canonical must have of attainment once everything has landed: counts, by replaying what was delivered."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.synthetic.feeds.attainment import KEYS, AttainmentFeeds
from orchestration.synthetic.world.published import read_seed

COUNTED = {
    "cfe_levels": ("academic_year", "seed_code", "stage", "organiser", "language", "level_achieved"),
    "cfe_tracking": ("academic_year", "collection", "seed_code", "stage", "organiser", "language", "predicted_level"),
    "qualifications": (
        "academic_year", "seed_code", "stage", "scqf_level", "award_type", "entry_status", "grade", "result_stage",
    ),
    "leavers": ("academic_year", "seed_code", "leaving_stage", "initial_destination", "follow_up_destination"),
}  # fmt: skip
"""Columns that the rows of each feed are counted by."""


def attainment_truth(feeds: AttainmentFeeds, seeds: Path) -> dict[str, Any]:
    """Columns and counts of each feed: of levels those that were returned, of the others the rows that stand."""
    closes = {row["academic_year"]: row["levels_close_on"] for row in read_seed(seeds, "attainment_returns")}
    found: dict[str, Any] = {}
    for feed in feeds.rows:
        standing = _standing(feeds, feed, closes)
        counts = Counter(tuple(row[name] for name in COUNTED[feed]) for row in standing)
        found[feed] = {
            "columns": [*COUNTED[feed], "rows"],
            "rows": [[*key, count] for key, count in sorted(counts.items(), key=lambda one: str(one[0]))],
        }
    return found


def _standing(feeds: AttainmentFeeds, feed: str, closes: dict[str, str]) -> list[dict[str, Any]]:
    """The row of each pupil and key that wins: after review before newer, and no level after its return has closed."""
    winners: dict[tuple[Any, ...], tuple[tuple[bool, date], dict[str, Any]]] = {}
    for person, recorded, row in _delivered(feeds, feed):
        if feed == "cfe_levels" and recorded.isoformat() > closes[row["academic_year"]]:
            continue
        key = (person, *(row[name] for name in KEYS[feed]))
        order = (row.get("result_stage") == "post_review", recorded)
        if key not in winners or order >= winners[key][0]:
            winners[key] = (order, row)
    return [row for _, row in winners.values()]


def _delivered(feeds: AttainmentFeeds, feed: str) -> Iterator[tuple[int, date, dict[str, Any]]]:
    for events in feeds.rows[feed].delivered:
        yield from zip(
            events.person.tolist(), events.recorded.astype(object).tolist(), events.table.to_pylist(), strict=True
        )
