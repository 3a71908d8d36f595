"""Bad files, each with its outcome from the extract layouts, a message with the next step, and nothing half loaded."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from orchestration.database import connect
from orchestration.landing import LandingError, discover, land_delivery
from orchestration.settings import Settings
from tests.support.extracts import (
    ALLOA,
    ATTENDANCE,
    LORNSHILL,
    NEW_SCHOOL,
    SCNS,
    Extract,
    deliver,
    enrolments,
    establishments,
    extract,
    marks,
)
from tests.support.landings import land

GOOD = extract("attendance", marks())
TEXT = GOOD.content.decode()
Change = Callable[[], Extract]


@pytest.fixture
def warehouse(landing_warehouse: Settings) -> Settings:
    return landing_warehouse


def raw_rows(warehouse: Settings) -> dict[str, int]:
    with connect(warehouse, "loader", autocommit=True) as connection:
        return {
            feed: connection.execute(f"select count(*) from raw.{feed}").fetchone()[0]  # type: ignore[index]
            for feed in ("attendance", "pupils", "enrolments", "calendar", "establishments", "rejected_rows")
        }


@dataclass(frozen=True)
class Bad:
    name: str
    file: Change
    reason: str
    says: str


def damaged(text: str) -> Change:
    return lambda: GOOD.holding(text)


def renamed(old: str, new: str) -> Change:
    return damaged(TEXT.replace(old, new, 1))


QUARANTINED = [
    Bad("wrong hash", lambda: GOOD.saying(sha256="0" * 64), "hash_mismatch", "new sequence"),
    Bad("half copied", lambda: replace(GOOD.saying(bytes=9999), content=GOOD.content[:400]).saying(sha256="1" * 64),
        "hash_mismatch", "instead of 9999"),
    Bad("wrong count", lambda: GOOD.saying(rows=GOOD.rows + 1), "count_mismatch", "manifest announces 37"),
    Bad("wrong count of a school", lambda: GOOD.saying(rows_by_establishment={ALLOA: 35, LORNSHILL: 1}),
        "count_mismatch", f"establishment {ALLOA} has 36 rows in the file and 35"),
    Bad("school not announced", lambda: GOOD.saying(rows_by_establishment={}), "count_mismatch", ALLOA),
    Bad("unknown school not announced",
        lambda: extract("attendance", [*marks(), *marks(NEW_SCHOOL)[:2]]).saying(rows_by_establishment={ALLOA: 36}),
        "count_mismatch", f"establishment {NEW_SCHOOL} has 2 rows in the file and 0"),
    Bad("rows announced under no school", lambda: GOOD.saying(rows_by_establishment={ALLOA: 36, "": 1}),
        "count_mismatch", "under what is no SEED code"),
    Bad("seven zeros announced", lambda: GOOD.saying(rows_by_establishment={ALLOA: 36, "0000000": 1}),
        "count_mismatch", "under what is no SEED code"),
    Bad("school of the establishments not announced",
        lambda: extract("establishments", establishments(ALLOA, NEW_SCHOOL)).saying(rows_by_establishment={ALLOA: 1}),
        "count_mismatch", f"establishment {NEW_SCHOOL} has 1 rows in the file and 0"),
    Bad("missing file", lambda: replace(GOOD, is_absent=True), "missing_file", "not in the folder"),
    Bad("empty file", damaged(""), "no_header", "it is empty"),
    Bad("blank lines only", damaged("\n\r\n\n"), "no_header", "it is empty"),
    Bad("no header", damaged(TEXT.partition("\n")[2]), "no_header", "names no column of attendance"),
    Bad("header only, rows announced", damaged(TEXT.partition("\n")[0] + "\n"), "count_mismatch", "it has 0 rows"),
    Bad("renamed column", renamed("recorded_at", "recorded_on"), "missing_column", "is recorded_on meant?"),
    Bad("missing column", lambda: extract("attendance", [row[:-1] for row in marks()], ATTENDANCE[:-1]),
        "missing_column", "no column recorded_at"),
    Bad("a column twice", renamed("opening,", "opening,opening,"), "not_readable", "opening stands twice"),
    Bad("semicolons", damaged(TEXT.replace(",", ";")), "wrong_delimiter", "semicolons"),
    Bad("tabs", damaged(TEXT.replace(",", "\t")), "wrong_delimiter", "tabs"),
    Bad("UTF-16", lambda: GOOD.holding(TEXT.encode("utf-16")), "wrong_encoding", "UTF-8"),
    Bad("UTF-16 without a mark", lambda: GOOD.holding(TEXT.encode("utf-16-le")), "wrong_encoding", "UTF-8"),
    Bad("Windows-1252", lambda: GOOD.holding(TEXT.replace(",10,", ",é,", 1).encode("cp1252")),
        "wrong_encoding", "near record 1"),
    Bad("UTF-8 cut off", lambda: GOOD.holding(GOOD.content + "é".encode()[:1]), "wrong_encoding", "at its end"),
    Bad("NUL byte", damaged(TEXT.replace(",10,", ",1\0,", 1)), "not_readable", "NUL byte, near record 1"),
    Bad("quotation mark never closed", damaged(TEXT.replace(",10,", ',"10,', 1)), "not_readable", "record 1"),
    Bad("two open quotation marks", damaged(TEXT.replace(",10,", ',"10,', 2)), "not_readable", "quotation mark"),
    Bad("stray quotation marks", damaged(TEXT.replace(",10,", ',1"0",', 1)), "not_readable", "record 1"),
    Bad("old line ends", damaged(TEXT.replace("\n", "\r")), "not_readable", "carriage return"),
    Bad("truncated gzip", lambda: replace(GOOD, name="a.csv.gz", content=gzip.compress(GOOD.content)[:-20]),
        "not_readable", "cut off"),
    Bad("broken gzip", lambda: replace(GOOD, name="a.csv.gz", content=b"\x1f\x8b" + b"x" * 200),
        "not_readable", "broken"),
    Bad("gzip by name only", lambda: replace(GOOD, name="a.csv.gz"), "not_readable", "its name says gzip"),
    Bad("too many rejects", lambda: extract("attendance", [*marks(), *([["x"] * 6] * 11)]),
        "too_many_rejects", "11 rows for wrong_type in attendance_date (first: row 37)"),
]  # fmt: skip


@pytest.mark.parametrize("bad", QUARANTINED, ids=lambda bad: bad.name)
def test_a_bad_file_is_quarantined_and_the_others_go_on(warehouse: Settings, bad: Bad) -> None:
    before = raw_rows(warehouse)
    result = land(warehouse, extract("enrolments", enrolments()), bad.file())
    file, other = sorted(result.files, key=lambda found: found.feed == "enrolments")
    assert (result.outcome, file.status, file.reason) == ("landed", "quarantined", bad.reason), file.message
    assert other.status == "landed"
    assert file.message is not None
    assert bad.says in file.message
    assert file.message.startswith(f"{result.delivery_key}, {file.file_name}: ")
    assert raw_rows(warehouse) == {**before, "enrolments": before["enrolments"] + len(SCNS)}


def test_what_a_lost_file_announced_stays_on_the_ledger_until_it_lands(warehouse: Settings) -> None:
    """By establishment: so it is known of which schools a day is missing."""
    (lost,) = land(warehouse, replace(GOOD, is_absent=True)).files
    announced = "select seed_code, row_count from control.announced_rows where file_id = %s"
    with connect(warehouse, "loader", autocommit=True) as connection:
        assert (lost.status, lost.reason) == ("quarantined", "missing_file")
        assert connection.execute(announced, [lost.file_id]).fetchall() == [(int(ALLOA), 36)]
        key = connection.execute(
            "select delivery_key from control.deliveries inner join control.files using (delivery_id) "
            "where file_id = %s",
            [lost.file_id],
        ).fetchone()
        assert key is not None
        (warehouse.landing / key[0] / GOOD.name).write_bytes(GOOD.content)
        (found,) = land_delivery(warehouse, key[0]).files
        assert (found.file_id, found.status) == (lost.file_id, "landed")
        assert connection.execute(announced, [lost.file_id]).fetchall() == []


def test_a_folder_without_a_manifest_is_no_delivery_yet(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD], "2025-09-29")
    (warehouse.landing / key / "manifest.json").unlink()
    assert [found.complete for found in discover(warehouse) if found.delivery_key == key] == [False]
    with pytest.raises(LandingError, match=r"no manifest\.json yet"):
        land_delivery(warehouse, key)
