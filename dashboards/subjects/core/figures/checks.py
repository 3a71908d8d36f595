"""What the page *Today* says about each thing it looks at: one sentence, its state, and the schools concerned.

Worded for one school where the reader has one, and for many otherwise.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboards.kit.components import Cell, Column, Link, Table
from dashboards.kit.formats import SECTORS, Figure, change, date, listed, plural
from dashboards.subjects.core.figures.attention import Comparison, Gap, School
from dashboards.subjects.core.figures.thresholds import ATTENTION
from dashboards.subjects.core.figures.words import FRESHNESS, feed_name

State = Literal["attention", "clear", "unknown"]


@dataclass(frozen=True)
class Check:
    """One thing that is looked at. ``table`` names schools (or files) that are pointed out; None where there are none.

    ``all_rows`` is the same for every school, for the download.
    """

    id: str
    title: str
    state: State
    sentence: str
    table: Table | None = None
    all_rows: Table | None = None


@dataclass(frozen=True)
class Audience:
    """For whom it is worded: ``own`` is the school of a reader who has one, ``schools`` how many the reader has."""

    own: School | None
    schools: int

    def some(self, number: int) -> str:
        """``3 of 25 schools``."""
        return f"{number:,} of {plural(self.schools, 'school')}"


@dataclass(frozen=True)
class Delay:
    """Something that has not come when it was due, of one school or (``name`` says so) of the whole authority."""

    name: str
    school: School | None
    feed: str
    status: str
    last_extracted_on: dt.date | None
    data_to: dt.date | None
    due_on: dt.date | None


def named(school: School) -> Link:
    """A school as a link to its page."""
    return Link(school.name, "school", {"seed_code": school.seed_code, "sector": school.sector})


def late(audience: Audience, delays: Sequence[Delay], marked_to: dt.date | None) -> Check:
    """Schools that have not sent what was due; ``marked_to`` is the latest day with marks of the own school."""
    title = "Late or missing data"
    if not delays:
        sentence = (
            "Everything that was due from your school has arrived."
            + (f" Attendance is marked to {date(marked_to)}." if marked_to else "")
            if audience.own
            else f"Everything that was due from {plural(audience.schools, 'school')} has arrived."
        )
        return Check("late", title, "clear", sentence)
    schools = {delay.name for delay in delays if delay.school}
    parts = []
    if audience.own:
        parts += [_delayed(delay, "your school") for delay in delays if delay.school]
    elif schools:
        verb = "has" if len(schools) == 1 else "have"
        parts.append(f"{audience.some(len(schools))} {verb} not sent all that was due.")
    parts += [_delayed(delay, "the authority") for delay in delays if not delay.school]
    table = Table(
        caption="Data that are late or missing",
        columns=(Column("School"), Column("What"), Column("State"), Column("Last received"), Column("Was due")),
        rows=[
            (
                named(delay.school) if delay.school else delay.name,
                feed_name(delay.feed),
                FRESHNESS.get(delay.status, delay.status),
                delay.last_extracted_on or "Never",
                delay.due_on or "",
            )
            for delay in delays
        ],
    )
    shown = None if audience.own else first(table)
    return Check("late", title, "attention", " ".join(parts), shown, table)


def _delayed(delay: Delay, of: str) -> str:
    due = f", due on {date(delay.due_on)}" if delay.due_on else ""
    return f"{FRESHNESS.get(delay.status, delay.status)} from {of}: {lowered(feed_name(delay.feed))}{due}."


def incomplete(audience: Audience, week: dt.date | None, gaps: Sequence[Gap]) -> Check:
    """Schools with too few marks in the last whole week."""
    title = "Incomplete data"
    floor = f"{ATTENTION.completeness * 100:.0f}%"
    if week is None:
        return Check("incomplete", title, "unknown", "No whole week of this school year has been released yet.")
    when = f"the week of {date(week)}"
    if not gaps:
        who = "Your school has" if audience.own else "All schools have"
        return Check("incomplete", title, "clear", f"{who} marks for at least {floor} of the half days of {when}.")
    if audience.own:
        share = gaps[0].completeness
        sentence = (
            f"Your school has marks for {whole_percent(share)} of the half days of {when}."
            if share.is_shown
            else f"There is no figure of your school for {when}: too few half days have a mark, or too many have a "
            "code that is not known."
        )
        return Check("incomplete", title, "attention", sentence)
    verb = "has" if len(gaps) == 1 else "have"
    table = Table(
        caption=f"Schools with incomplete data in {when}",
        columns=(Column("School"), Column("Sector"), Column("Half days with a mark", numeric=True)),
        rows=[(named(gap.school), SECTORS[gap.school.sector], whole_percent(gap.completeness)) for gap in gaps],
    )
    sentence = (
        f"{audience.some(len(gaps))} {verb} marks for fewer than {floor} of the half days of {when}, or no figure."
    )
    return Check("incomplete", title, "attention", sentence, first(table), table)


def whole_percent(share: Figure) -> Figure | str:
    """Completeness as it is released, in whole percent; or its symbol."""
    return share if share.value is None else f"{share.value * 100:.0f}%"


@dataclass(frozen=True)
class Wording:
    """Words of a comparison: what is measured, beside what, and from what size on it is pointed out."""

    id: str
    title: str
    subject: str
    before: str
    now_heading: str
    before_heading: str
    at_least: str
    verb: Literal["fallen", "risen"]
    caption: str
    more_than: str = ""


def compared(
    audience: Audience, words: Wording, every: Sequence[Comparison], pointed_out: Sequence[Comparison]
) -> Check:
    """Schools whose measure has moved by as much as is pointed out."""
    known = [one for one in every if one.change.is_shown]
    scope = "your school" if audience.own else "all schools"
    in_order = sorted(every, key=lambda one: (one.school.name, one.school.key))
    everything = _comparisons(f"{words.title}: {scope}", words, in_order)
    limit = f"{words.at_least} percentage points or more{words.more_than}"
    if audience.own:
        state: State = "attention" if pointed_out else "clear" if known else "unknown"
        rule = (
            f" A {'fall' if words.verb == 'fallen' else 'rise'} of {limit} is pointed out." if state == "clear" else ""
        )
        return Check(words.id, words.title, state, _own(words, every) + rule, None, everything)
    if not known:
        sentence = f"No school can be compared with {words.before} yet."
        return Check(words.id, words.title, "unknown", sentence, None, everything if every else None)
    left_out = len(every) - len(known)
    rest = f" {plural(left_out, 'school')} could not be compared." if left_out else ""
    moved = f"{words.subject} has {words.verb} by {limit} from {words.before} at"
    if not pointed_out:
        subject = lowered(words.subject)
        sentence = f"At no school has {subject} {words.verb} by {limit} from {words.before}.{rest}"
        return Check(words.id, words.title, "clear", sentence, None, everything)
    most = pointed_out[0]
    where = f"{most.school.name} ({change(most.change)})"
    if len(pointed_out) == 1:
        sentence = f"{moved} one school: {where}.{rest}"
    else:
        sentence = f"{moved} {audience.some(len(pointed_out))}, most at {where}.{rest}"
    table = _comparisons(words.caption, words, pointed_out)
    return Check(words.id, words.title, "attention", sentence, first(table), everything)


def lowered(subject: str) -> str:
    """A subject within a sentence: ``Attendance`` as ``attendance``."""
    return f"{subject[:1].lower()}{subject[1:]}"


def _own(words: Wording, every: Sequence[Comparison]) -> str:
    subject = lowered(words.subject)
    if not every:
        return f"At your school {subject} cannot be compared with {words.before} yet."
    one = every[0]
    if not one.change.is_shown:
        hidden = one.now if not one.now.is_shown else one.before
        return f"At your school {subject} cannot be compared with {words.before}: {hidden.word}."
    moved = f"{change(one.change)} from {words.before} ({one.before.text})"
    return f"At your school {subject} is {one.now.text}, {moved}."


def _comparisons(caption: str, words: Wording, rows: Sequence[Comparison]) -> Table:
    lines: list[tuple[Cell, ...]] = [
        (named(one.school), one.change, one.now, one.before, SECTORS[one.school.sector]) for one in rows
    ]
    return Table(
        caption=caption,
        columns=(
            Column("School"),
            Column("Change", numeric=True, unit="percentage points"),
            Column(words.now_heading, numeric=True),
            Column(words.before_heading, numeric=True),
            Column("Sector"),
        ),
        rows=lines,
        sortable=True,
    )


def first(table: Table) -> Table:
    """The table as the page shows it: not longer than ``most_named``, and saying so."""
    most = ATTENTION.most_named
    if len(table.rows) <= most:
        return table
    note = f"The first {most} of {len(table.rows)} are shown; all are in the download below."
    return Table(
        table.caption, table.columns, table.rows[:most], table.sortable, table.searchable, (*table.notes, note)
    )


def in_order(checks: Sequence[Check]) -> tuple[Check, ...]:
    """What needs attention first, what cannot be judged last."""
    return tuple(sorted(checks, key=lambda check: ("attention", "clear", "unknown").index(check.state)))


def summary(checks: Sequence[Check], audience: Audience, is_past: bool = False) -> str:
    """The first sentence of the page: how much needs attention, or plainly that nothing does."""
    open_ones = [check for check in checks if check.state == "attention"]
    unknown = [check for check in checks if check.state == "unknown"]
    where = " at your school" if audience.own else ""
    when = " in that year" if is_past else " today"
    if open_ones:
        verb = ("needed", "needed") if is_past else ("needs", "need")
        return f"{plural(len(open_ones), f'thing {verb[0]}', f'things {verb[1]}')} attention{where}."
    needs = "needed" if is_past else "needs"
    if unknown:
        what = listed([check.title.lower() for check in unknown])
        return f"Nothing that can be judged{when} {needs} attention. Not judged: {what}."
    return f"Nothing {needs} attention{where}{when}."
