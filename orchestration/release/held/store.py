"""What pupils contributed when figures were last shown, in ``control``: read, compared with now, written (RULES 44)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import psycopg

from orchestration.release.held.half_days import NONE, NOTHING, Bits, Group, State, Who, mask_until
from orchestration.release.held.periods import Moment, end_of_month, is_final

SLOTS = ("possible_slots", "attended_slots", "not_counted_slots", "not_recorded_slots")
_GROUP = "sector, stage, sex, simd_quintile, deprivation_group"
_COLUMNS = f"{_GROUP}, {', '.join(SLOTS)}"
_NOW = """
    select month, hashtextextended(pupil_token::text, 0) as pupil, seed_code, sector, stage,
        coalesce(sex, 'unknown') as sex, coalesce(simd_quintile, 'unknown') as simd_quintile,
        coalesce(deprivation_group, 'rest') as deprivation_group,
        possible_slots, attended_slots, not_counted_slots, not_recorded_slots
    from aggregated_exact.attendance_half_days
    where local_authority_code = %(authority)s and academic_year = %(year)s
"""
_MASKED = """
    select month, pupil, seed_code, sector, stage, sex, simd_quintile, deprivation_group,
        possible_slots & mask as possible_slots, attended_slots & mask as attended_slots,
        not_counted_slots & mask as not_counted_slots, not_recorded_slots & mask as not_recorded_slots
    from found
    inner join unnest(%(months)s::date[], %(masks)s::bigint[]) as masks (until, mask) on found.month = masks.until
    where (possible_slots | attended_slots | not_counted_slots | not_recorded_slots) & mask <> 0
"""


@dataclass(frozen=True)
class Year:
    """An authority's academic year."""

    authority: str
    academic_year: str

    @property
    def months(self) -> list[date]:
        """First days of its twelve months."""
        first = date(int(self.academic_year[:4]), 8, 1)
        found = [first]
        while len(found) < 12:
            found.append((found[-1] + timedelta(days=32)).replace(day=1))
        return found


@dataclass
class Remembered:
    """What is known of a year: the moment of each release, and of rows that are held the release they are of.

    ``hidden`` are rows, by mart and cell, that are hidden for good.
    """

    moments: dict[int, Moment] = field(default_factory=dict)
    held: dict[tuple[str, str], int] = field(default_factory=dict)
    hidden: set[tuple[str, str]] = field(default_factory=set)

    @property
    def last(self) -> int | None:
        """The last release of the year; None before the first that was remembered."""
        return max(self.moments, default=None)


def load(connection: psycopg.Connection, year: Year) -> Remembered:
    """What is remembered of a year."""
    known = Remembered()
    place = [year.authority, year.academic_year]
    query = (
        "select release_id, over_until, closed_month from control.shown_periods "
        "where local_authority_code = %s and academic_year = %s"
    )
    for release, over_until, closed in connection.execute(query, place):
        known.moments[int(release)] = Moment(over_until, int(closed))
    query = (
        "select distinct on (mart, cell) mart, cell, since_release, is_hidden from control.held_figures "
        "where local_authority_code = %s and academic_year = %s order by mart, cell, release_id desc"
    )
    for mart, cell, since, is_hidden in connection.execute(query, place):
        if is_hidden:
            known.hidden.add((str(mart), str(cell)))
        elif since is not None:
            known.held[str(mart), str(cell)] = int(since)
    return known


def years_to_judge(connection: psycopg.Connection, authority: str) -> set[str]:
    """Years of which rows are held and that were not final yet: their dates decide, though nothing changes in them."""
    query = (
        "select academic_year, max(over_until) from control.shown_periods where local_authority_code = %s "
        "and academic_year in (select academic_year from control.held_figures where local_authority_code = %s) "
        "group by academic_year"
    )
    found = connection.execute(query, [authority, authority]).fetchall()
    return {str(year) for year, over_until in found if not is_final(str(year), over_until)}


def _masks(year: Year, until: date) -> dict[str, list[object]]:
    masks = {month: mask_until(until, month) for month in year.months}
    kept = {month: mask for month, mask in masks.items() if mask}
    return {"months": list(kept), "masks": list(kept.values())}


def _state(row: tuple[object, ...]) -> State:
    group = Group(*(str(value) for value in row[:5]))
    bits = tuple(int(str(value)) for value in row[5:9])
    found: Bits = (bits[0], bits[1], bits[2], bits[3])
    return State(group, found)


@dataclass
class Versions:
    """States of pupils' months that changed: what stood from a release on, until another; and what is so now."""

    of: dict[Who, list[tuple[int, int | None, State]]] = field(default_factory=dict)
    now: dict[Who, State] = field(default_factory=dict)

    def at(self, who: Who, release: int) -> State:
        """The state as a release had it."""
        for since, until, state in self.of.get(who, ()):
            if since <= release and (until is None or release < until):
                return state
        return NOTHING

    def shown(self, who: Who, steps: Sequence[tuple[int, date]]) -> State:
        """What a row of a release shows of a month: its state then, and of what was over later the state of that time.

        ``steps`` are that release and the later ones at which more was over. Out: half days up to what was over at the
        last of them. A group that changed on the way is that of the start.
        """
        found, before, group = list(NONE), 0, None
        for number, over_until in steps:
            state, mask = self.at(who, number), mask_until(over_until, who.month)
            group = group or state.group
            for position, slots in enumerate(state.bits):
                found[position] |= slots & mask & ~before
            before |= mask
        bits: Bits = (found[0], found[1], found[2], found[3])
        return State(group, bits) if any(bits) else NOTHING


def changed(connection: psycopg.Connection, year: Year, moment: Moment) -> dict[Who, State]:
    """Pupils' months that differ now from the last release, in what was over then (``moment``), as they are now."""
    query = f"""
        with found as ({_NOW}),
        now as ({_MASKED}),
        shown as (
            select month, pupil, seed_code, {_COLUMNS} from control.shown_half_days
            where local_authority_code = %(authority)s and academic_year = %(year)s
        )
        select coalesce(now.month, shown.month), coalesce(now.pupil, shown.pupil),
            coalesce(now.seed_code, shown.seed_code),
            {", ".join(f"now.{name.strip()}" for name in _COLUMNS.split(","))}
        from now full join shown using (month, pupil, seed_code)
        where ({", ".join(f"now.{name.strip()}" for name in _COLUMNS.split(","))})
            is distinct from ({", ".join(f"shown.{name.strip()}" for name in _COLUMNS.split(","))})
    """  # noqa: S608
    asked = {"authority": year.authority, "year": year.academic_year, **_masks(year, moment.over_until)}
    found: dict[Who, State] = {}
    for month, pupil, seed, *rest in connection.execute(query, asked):
        who = Who(int(pupil), str(seed), month)
        found[who] = NOTHING if rest[0] is None else _state(tuple(rest))
    return found


def versions_since(
    connection: psycopg.Connection, year: Year, release: int, changed_now: Mapping[Who, State]
) -> Versions:
    """States of all months that changed after a release, or are ``changed_now``, since then and now."""
    place = {"authority": year.authority, "year": year.academic_year, "release": release}
    whos = list(changed_now)
    keys = {
        "m": [who.month for who in whos], "p": [who.pupil for who in whos], "s": [who.seed_code for who in whos],
    }  # fmt: skip
    query = f"""
        with replaced as (
            select month, pupil, seed_code, release_id, until_release, {_COLUMNS} from control.replaced_half_days
            where local_authority_code = %(authority)s and academic_year = %(year)s and until_release > %(release)s
        ),
        wanted as (
            select month, pupil, seed_code from replaced
            union
            select * from unnest(%(m)s::date[], %(p)s::bigint[], %(s)s::text[])
            union
            select month, pupil, seed_code from control.shown_half_days
            where local_authority_code = %(authority)s and academic_year = %(year)s and release_id > %(release)s
        )
        select month, pupil, seed_code, release_id, until_release, {_COLUMNS} from replaced
        union all
        select month, pupil, seed_code, release_id, null, {_COLUMNS} from control.shown_half_days
        inner join wanted using (month, pupil, seed_code)
        where local_authority_code = %(authority)s and academic_year = %(year)s
    """  # noqa: S608
    found = Versions(now=dict(changed_now))
    for month, pupil, seed, since, until, *rest in connection.execute(query, {**place, **keys}):
        who = Who(int(pupil), str(seed), month)
        state = _state(tuple(rest))
        found.of.setdefault(who, []).append((int(since), None if until is None else int(until), state))
        if until is None:
            found.now.setdefault(who, state)
    for who in found.of:
        found.now.setdefault(who, NOTHING)
    return found


def save_half_days(
    connection: psycopg.Connection,
    year: Year,
    release: int,
    before: Moment | None,
    now: Moment,
    changed_now: Iterable[Who],
) -> None:
    """Note what pupils contribute at a release, in its transaction; what it replaces is kept."""
    place = {"authority": year.authority, "year": year.academic_year, "release": release}
    whos = list(changed_now)
    if whos:
        keys = {
            "m": [who.month for who in whos], "p": [who.pupil for who in whos], "s": [who.seed_code for who in whos],
        }  # fmt: skip
        connection.execute(
            f"""
            with keys as (
                select * from unnest(%(m)s::date[], %(p)s::bigint[], %(s)s::text[]) as k (month, pupil, seed)
            ),
            gone as (
                delete from control.shown_half_days as shown using keys
                where shown.local_authority_code = %(authority)s and shown.academic_year = %(year)s
                    and shown.month = keys.month and shown.pupil = keys.pupil and shown.seed_code = keys.seed
                returning shown.*
            )
            insert into control.replaced_half_days (local_authority_code, academic_year, month, pupil, seed_code,
                {_COLUMNS}, release_id, until_release)
            select local_authority_code, academic_year, month, pupil, seed_code, {_COLUMNS}, release_id, %(release)s
            from gone
            """,  # noqa: S608
            {**place, **keys},
        )
    first = before.over_until if before is not None else date.min
    fresh = {who.month for who in whos} | {month for month in year.months if end_of_month(month) > first}
    masks = _masks(year, now.over_until)
    kept = [(m, k) for m, k in zip(masks["months"], masks["masks"], strict=True) if m in fresh]
    if kept:
        updates = ", ".join(f"{slots} = excluded.{slots}" for slots in SLOTS)
        connection.execute(
            f"""
            with found as ({_NOW}), now as ({_MASKED})
            insert into control.shown_half_days (local_authority_code, academic_year, month, pupil, seed_code,
                {_COLUMNS}, release_id)
            select %(authority)s, %(year)s, month, pupil, seed_code, {_COLUMNS}, %(release)s from now
            order by pupil, month, seed_code
            on conflict (local_authority_code, academic_year, month, pupil, seed_code) do update set {updates}
            where (shown_half_days.possible_slots, shown_half_days.attended_slots, shown_half_days.not_counted_slots,
                    shown_half_days.not_recorded_slots)
                is distinct from (excluded.possible_slots, excluded.attended_slots, excluded.not_counted_slots,
                    excluded.not_recorded_slots)
            """,  # noqa: S608
            {**place, "months": [m for m, _ in kept], "masks": [k for _, k in kept]},
        )
    connection.execute(
        "insert into control.shown_periods (local_authority_code, academic_year, release_id, over_until, closed_month) "
        "values (%s, %s, %s, %s, %s) on conflict do nothing",
        [year.authority, year.academic_year, release, now.over_until, now.closed_month],
    )


def save_held(
    connection: psycopg.Connection,
    year: Year,
    release: int,
    lines: Iterable[tuple[str, str, int | None, bool]],
) -> None:
    """Add lines (mart, cell, release that it is of, hidden for good) of rows that were decided anew."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into control.held_figures (local_authority_code, academic_year, mart, cell, release_id, "
            "since_release, is_hidden) values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            [(year.authority, year.academic_year, mart, cell, release, since, hidden)
             for mart, cell, since, hidden in lines],
        )  # fmt: skip
