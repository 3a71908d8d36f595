"""Bad rows after the good ones of a delta feed: each breaks one rule, is older than a good one, or is nobody's."""

from datetime import date

import numpy as np
import pyarrow as pa

from orchestration.synthetic.faults.planted import Dressed
from orchestration.synthetic.faults.rows import chosen_spoilings, spoilt
from orchestration.synthetic.feeds.times import moment
from orchestration.synthetic.plan import PlannedDelivery

Noted = tuple[str, str, int, str | None]


def spoilt_delta(
    feed: str, table: pa.Table, rate: float, planned: PlannedDelivery, stranger: int | None, random: np.random.Generator
) -> tuple[Dressed, list[Noted]]:
    """The rows with bad ones after them, and outcome, reason, row and column of each bad one.

    ``stranger`` is an SCN of nobody's: a row under it waits for its pupil.
    """
    dressed, noted = Dressed(table), list[Noted]()

    def add(row: list[str], code: str | None, outcome: str, reason: str, column: str | None = None) -> None:
        dressed.back.append(row)
        if code is not None:
            dressed.extra_establishments.append(code)
        noted.append((outcome, reason, table.num_rows + len(dressed.back), column))

    def good() -> dict[str, str]:
        place = int(random.integers(table.num_rows))
        return {name: value or "" for name, value in table.slice(place, 1).to_pylist()[0].items()}

    for spoiling in chosen_spoilings(feed, table.num_rows, rate, planned.is_opening, random):
        row = good()
        code = spoiling.value if spoiling.column == "seed_code" else row["seed_code"]
        add(spoilt(row, spoiling, planned.extract_date), code, "rejected", spoiling.reason, spoiling.column)
    older = good() | {"recorded_at": moment(date(2001, 9, 3), 12, 0)}
    add(list(older.values()), older["seed_code"], "rejected", "duplicate_key")
    if stranger is not None:
        row = good() | {"scn": f"{stranger:09d}"}
        add(list(row.values()), row["seed_code"], "held_identity", "held_identity", "scn")
    return dressed, noted
