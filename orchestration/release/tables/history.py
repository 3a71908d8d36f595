"""Rows that readers saw before: kept when others are written in their place, gone when their delivery is taken back.

Nothing new can be had from them: protection takes every earlier state of a figure as known (rule 44). A row that stood
at the end of a month of the data is kept for good, any other for the days that ``thresholds.yml`` says.
"""

from collections.abc import Sequence

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import NOT_AVAILABLE
from orchestration.release.thresholds import HISTORY_DAYS

KEEP = """
insert into control.released_before (mart, local_authority_code, cell, release_id, until_release_id, released)
select {mart}, rows.local_authority_code, concat_ws('|', {keys}), rows.release_id, {release}, to_jsonb(rows)
from {table} as rows inner join {replaced} as replaced using ({names})
where rows.release_id is not null
on conflict do nothing
"""
# A state that a later release of the same month replaced was none of a month's end.
FORGET = """
delete from control.released_before as kept
using control.releases as began, control.releases as ended
where kept.local_authority_code = %(authority)s
    and began.release_id = kept.release_id and ended.release_id = kept.until_release_id
    and ended.released_at < now() - make_interval(days => %(days)s)
    and date_trunc('month', ended.data_as_at) <= date_trunc('month', began.data_as_at)
"""
TAKE_BACK = """
with rested as (
    select releases.release_id, releases.event_id, resting.delivery_id
    from control.releases cross join lateral unnest(releases.deliveries) as resting (delivery_id)
    where releases.local_authority_code = %(authority)s
),

gone as (
    select rested.release_id, rested.delivery_id
    from rested
    where rested.delivery_id <> all(%(in_force)s) or exists (
        select from control.ledger_events
        where ledger_events.delivery_id = rested.delivery_id and ledger_events.kind = 'erased'
            and ledger_events.event_id > rested.event_id
    )
),

places as (
    select files.delivery_id, array_agg(lpad(file_establishments.seed_code::text, 7, '0')) as seed_codes
    from control.files inner join control.file_establishments using (file_id)
    where files.delivery_id in (select gone.delivery_id from gone)
    group by files.delivery_id
)

delete from control.released_before as kept
using gone left join places using (delivery_id)
where kept.local_authority_code = %(authority)s and gone.release_id = kept.release_id
    and (
        places.seed_codes is null
        or coalesce(kept.released ->> 'seed_code', '') in ('', 'all')
        or kept.released ->> 'seed_code' = any(places.seed_codes)
    )
"""


def keep_replaced(
    connection: psycopg.Connection, contract: ReleaseContract, replaced: sql.Identifier, release_id: int
) -> None:
    """Keep rows of a released table as they stand, before they are written or deleted.

    ``replaced`` is a table with the keys of these rows. Tables without a council, such as code lists, keep nothing.
    """
    if "local_authority_code" not in contract.keys:
        return
    connection.execute(
        sql.SQL(KEEP).format(
            mart=sql.Literal(contract.mart),
            keys=sql.SQL(", ").join(sql.Identifier("rows", key) for key in contract.keys),
            names=sql.SQL(", ").join(map(sql.Identifier, contract.keys)),
            release=sql.Literal(release_id),
            table=sql.Identifier("released", contract.mart),
            replaced=replaced,
        )
    )


def forget_replaced(connection: psycopg.Connection, authority: str, in_force: Sequence[int]) -> None:
    """Leave out states that are neither of a month's end nor recent, and what rests on deliveries taken back.

    ``in_force`` are numbers of the deliveries that count now. A row of a school goes only where the delivery has rows
    of that school, or says nothing of schools; so it does where a pupil of the delivery was erased after the release.
    """
    connection.execute(FORGET, {"authority": authority, "days": HISTORY_DAYS})
    connection.execute(TAKE_BACK, {"authority": authority, "in_force": list(in_force)})


def mark_missing(connection: psycopg.Connection, mart: str, symbol: str) -> None:
    """Say of a mart's rows of before that a measure which their contract did not have is not available."""
    connection.execute(
        "update control.released_before set released = released || %s where mart = %s and released ->> %s is null",
        [Jsonb({symbol: NOT_AVAILABLE}), mart, symbol],
    )
