"""Promises of landing over files that Hypothesis makes up: every row is accounted for, and no message shows a value."""

import random
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from orchestration.database import connect
from orchestration.landing import land_delivery
from orchestration.landing.checksum import long_hashes, number_hashes, row_hashes
from orchestration.settings import Settings
from tests.support.extracts import ALLOA, ENROLMENTS, LORNSHILL, csv_text, deliver, extract

QUICK = profile(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
DATES = (f"{date(2015, 9, 1) + timedelta(days)}" for days in count())
VALUES = {
    "scn": ["173000006", "173000014", "17300002", "", "SECRETSCN"],
    "seed_code": [ALLOA, LORNSHILL, "9999999", "abc"],
    "entry_date": ["2014-08-20", "2014-08-21", "31/02/2026", ""],
    "leaving_date": ["", "2013-01-01", "2015-06-30"],
    "stage": ["S2", "S7"],
    "registration_class": ["SECRETCLASS", 'SECRET "quoted", class', "SECRET\nCLASS", ""],
    "is_base_school": ["Y", "N", "maybe SECRET"],
    "status": ["on_roll", "", "SECRETSTATUS"],
    "mode_of_attendance": ["full_time", ""],
    "leaving_reason": ["", "other"],
    "updated_at": ["2014-08-20T09:00:00Z", "never SECRET"],
}
# The first value of each column is right: most rows are, as in a real file.
ROW = st.tuples(*(st.one_of(st.just(VALUES[name][0]), st.sampled_from(VALUES[name])) for name in ENROLMENTS)).map(list)
ROWS = st.lists(st.one_of(ROW, ROW, ROW.map(lambda row: row[:7]), ROW.map(lambda row: [*row, "SECRET"])), max_size=25)


@pytest.fixture(scope="module")
def warehouse(landing_warehouse: Settings) -> Settings:
    return landing_warehouse


@QUICK
@given(rows=ROWS, crlf=st.booleans(), padded=st.booleans())
def test_accepted_rejected_and_duplicate_rows_are_the_rows_of_the_file(
    warehouse: Settings, rows: list[list[str]], crlf: bool, padded: bool
) -> None:
    good = [[f"1700{n:05d}", *VALUES_OF_A_GOOD_ROW] for n in range(100 * len(rows) if padded else 0)]
    text = csv_text(ENROLMENTS, [*good, *rows])
    file = extract("enrolments", [[*row, *[""] * 11][:11] for row in [*good, *rows]]).holding(
        text.replace("\n", "\r\n") if crlf else text
    )
    key = deliver(warehouse.landing, [file.saying(rows_by_establishment=None)], next(DATES))
    result = land_delivery(warehouse, key)
    (found,) = result.files
    assert found.rows_file == len(good) + len(rows)
    assert "SECRET" not in result.message
    with connect(warehouse, "loader") as connection:

        def number(query: str) -> int:
            row = connection.execute(query, (found.file_id,)).fetchone()
            assert row is not None
            return int(row[0])

        raw = number("select count(*) from raw.enrolments where _file_id = %s")
        kept = number("select count(*) from raw.rejected_rows where _file_id = %s")
        named = number("select count(distinct row_number) from control.rejects where file_id = %s")
        assert raw == found.rows_accepted
        if found.status == "landed":
            assert found.rows_file == found.rows_accepted + found.rows_rejected + found.rows_duplicate
            assert kept == named == found.rows_rejected + found.rows_duplicate
            assert (
                number(
                    "select coalesce(sum(rows_file - rows_accepted - rows_rejected - rows_duplicate), 0) + "
                    "(select count(*) from raw.enrolments where _file_id = %s) - coalesce(sum(rows_accepted), 0) "
                    f"from control.file_establishments where file_id = {found.file_id}"
                )
                == 0
            )
        else:
            assert found.reason == "too_many_rejects"
            assert (raw, kept) == (0, 0)
        ledger = connection.execute(
            "select string_agg(t::text, ' ') from (select a::text as t from control.attempts as a union all "
            "select f::text from control.files as f union all select w::text from control.warnings as w union all "
            "select r::text from control.rejects as r) as everything"
        ).fetchone()
        assert ledger is not None
        assert "SECRET" not in ledger[0]


VALUES_OF_A_GOOD_ROW = [VALUES[name][0] for name in ENROLMENTS[1:]]


@pytest.mark.parametrize("file_id", [1, 7, 2_000_000_000])
def test_the_checksum_of_a_row_is_the_one_that_postgresql_makes(warehouse: Settings, file_id: int) -> None:
    import numpy as np

    random.seed(file_id)
    numbers = [1, 2, 3, 2_147_483_647, *(random.randrange(1, 2**31) for _ in range(200))]
    with connect(warehouse, "loader") as connection:
        expected = connection.execute(
            "select hashint8extended((%s::bigint << 32) | number, 0) from unnest(%s::integer[]) as number",
            (file_id, numbers),
        ).fetchall()
    assert row_hashes(file_id, np.array(numbers, np.int32)).tolist() == [value for (value,) in expected]


@pytest.mark.parametrize("salt", [1, -1, 2**63 - 1, -(2**62) + 12345])
def test_hashes_of_values_are_those_that_postgresql_makes(warehouse: Settings, salt: int) -> None:
    import numpy as np

    random.seed(salt)
    numbers = [0, 1, -1, 2_147_483_647, *(random.randrange(-(2**31), 2**31) for _ in range(100))]
    times = [0, 1, -1, *(random.randrange(-(2**51), 2**51) for _ in range(101))]
    with connect(warehouse, "loader") as connection:
        expected = connection.execute(
            "select hashint4extended(number, %(salt)s), "
            "hashint8extended(time, %(salt)s), interval_hash_extended(time * interval '1 us', %(salt)s) "
            "from unnest(%(numbers)s::integer[], %(times)s::bigint[]) as values (number, time)",
            {"salt": salt, "numbers": numbers, "times": times},
        ).fetchall()
    seeds = np.full(len(numbers), salt & 0xFFFFFFFFFFFFFFFF, np.uint64)
    of_times = long_hashes(np.array(times, np.int64), seeds)
    made = (number_hashes(np.array(numbers, np.int32), seeds), of_times, of_times)
    for column, hashes in enumerate(made):
        assert hashes.view(np.int64).tolist() == [row[column] for row in expected]
