"""Seasons of the school year: which one a day lies in, whose rows hold, and that every topic is known."""

import csv
import datetime as dt

import pytest

from dashboards.kit.labels import labels
from dashboards.subjects.core.figures.seasons import (
    SCOTLAND,
    STANDING,
    SeasonRow,
    in_force,
    names_of,
    season_of,
    season_on,
)
from dashboards.subjects.core.figures.topics import TOPICS
from orchestration.settings import PROJECT_DIR

HERE = "S12000005"


def seeded() -> tuple[SeasonRow, ...]:
    with (PROJECT_DIR / "seeds" / "today_seasons.csv").open(newline="", encoding="utf-8") as file:
        return tuple(
            SeasonRow(
                row["area_code"], row["season"], int(row["begins_month"]), int(row["begins_day"]),
                int(row["begins_weekday"]) if row["begins_weekday"] else None, int(row["place"]), row["topic"],
                row["audience"],
            )
            for row in csv.DictReader(file)
        )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "season"),
    [
        (dt.date(2025, 8, 4), "june"),  # the Monday before results
        (dt.date(2025, 8, 5), "results_day"),  # the first Tuesday of August
        (dt.date(2026, 8, 3), "june"),
        (dt.date(2026, 8, 4), "results_day"),
        (dt.date(2025, 8, 31), "returns"),
        (dt.date(2025, 9, 1), "september"),
        (dt.date(2025, 10, 31), "october"),
        (dt.date(2025, 11, 30), "november"),
        (dt.date(2026, 1, 15), "december"),
        (dt.date(2026, 2, 1), "february"),
        (dt.date(2026, 5, 31), "spring"),
        (dt.date(2026, 7, 20), "june"),
    ],
)
def test_a_day_lies_in_the_season_that_began_last(day: dt.date, season: str) -> None:
    assert season_on(in_force(seeded(), HERE), day) == season


def test_every_topic_of_the_table_is_known_and_every_known_one_is_in_it() -> None:
    assert {row.topic for row in seeded()} == set(TOPICS)


def test_every_season_has_a_title_and_they_follow_the_school_year() -> None:
    rows = in_force(seeded(), HERE)
    assert set(names_of(rows)) == set(labels("seasons"))
    assert names_of(rows)[0] == "results_day"
    assert names_of(rows)[-1] == "june"


def test_a_councils_own_rows_stand_instead_of_scotlands() -> None:
    own = SeasonRow(HERE, "november", 11, 10, None, 1, "aims", "all")
    rows = in_force((*seeded(), own), HERE)
    assert [row.topic for row in rows if row.season == "november"] == ["aims"]
    assert season_on(rows, dt.date(2025, 11, 5)) == "october", "it begins when the council says"
    elsewhere = in_force((*seeded(), own), "S12000017")
    assert next(row.topic for row in elsewhere if row.season == "november") == "predictions_missing"


def test_readers_of_schools_have_their_own_topics_and_what_always_stands_comes_last() -> None:
    rows = in_force(seeded(), HERE)
    assert season_of(rows, "december", "authority").topics == ("published_beside_returned", "aims", *STANDING)
    assert season_of(rows, "december", "schools").topics == ("levels_returned", *STANDING)
    assert season_of(rows, "october", "schools").topics == (
        "appeals", "destinations", "attendance_same_weeks", "persistent_absence",
    )  # fmt: skip


def test_a_council_that_has_no_row_has_no_season_and_what_always_stands() -> None:
    assert season_on((), dt.date(2025, 10, 1)) == ""
    assert season_of((), "", "authority").topics == STANDING
    assert {row.area_code for row in in_force(seeded(), HERE)} == {SCOTLAND}
