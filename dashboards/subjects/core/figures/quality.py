"""What arrived and whether it adds up, in a reader's words, out of released verdicts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboards.kit.components import Cell, Column, Table
from dashboards.kit.formats import date, listed, plural
from dashboards.subjects.core.figures.attention import School
from dashboards.subjects.core.figures.checks import Delay, named
from dashboards.subjects.core.figures.words import (
    AMOUNTS,
    FILE_REASONS,
    FRESHNESS,
    STEP_ORDER,
    STEPS,
    SUBJECTS,
    VERDICTS,
    feed_name,
    file_problem,
    plain,
    problem,
)

FEED_ORDER = ("attendance", "pupils", "enrolments", "establishments", "calendar")
STATES = ("fresh", "late", "missing")
ADDS_UP = "closes"
AMOUNT_ORDER = tuple(AMOUNTS)
MANY = "1% of rows or more"


@dataclass(frozen=True)
class Verdict:
    """A line of ``data_quality``: what was judged, of which feed, which kind, and how it stands, never an amount."""

    subject: str
    feed: str
    kind: str
    verdict: str


def feeds_in_order(feeds: Sequence[str]) -> list[str]:
    """Feeds as they are read: attendance first, those that are not known to this page last."""
    return sorted(set(feeds), key=lambda feed: (FEED_ORDER.index(feed) if feed in FEED_ORDER else 99, feed))


def freshness_sentence(states: Sequence[Delay]) -> str:
    """How many of the things due have come, and of which feeds some have not."""
    behind = [state for state in states if state.status != "fresh"]
    if not states:
        return "Nothing is expected yet."
    if not behind:
        return "Everything that was due has come."
    feeds = [feed_name(feed).lower() for feed in feeds_in_order([state.feed for state in behind])]
    places = {state.name for state in behind}
    verb = "is" if len(places) == 1 else "are"
    where = next(iter(places)) if len(places) == 1 else f"{len(places):,} schools"
    return f"Late or missing: {listed(feeds)}. {where} {verb} concerned; everything else that was due has come."


def freshness_by_feed(states: Sequence[Delay]) -> Table:
    """How many schools are up to date, late or without anything, by feed."""
    counts = Counter((state.feed, state.status) for state in states)
    rows: list[tuple[Cell, ...]] = []
    for feed in feeds_in_order([state.feed for state in states]):
        latest = max((s.last_extracted_on for s in states if s.feed == feed and s.last_extracted_on), default=None)
        numbers = [counts[feed, status] for status in STATES]
        rows.append((feed_name(feed), *numbers, latest or "Never"))
    return Table(
        caption="Schools by how fresh their data are",
        columns=(
            Column("What"),
            *(Column(FRESHNESS[status], numeric=True) for status in STATES),
            Column("Last received"),
        ),
        rows=rows,
        notes=("The list of pupils comes for the whole authority at once and counts as one.",),
    )


def freshness_by_school(states: Sequence[Delay]) -> Table:
    """A row for each school: how each feed stands, and to when attendance is marked."""
    feeds = feeds_in_order([state.feed for state in states if state.school])
    by_school: dict[School, dict[str, Delay]] = {}
    for state in states:
        if state.school:
            by_school.setdefault(state.school, {})[state.feed] = state
    rows: list[tuple[Cell, ...]] = []
    for school, found in sorted(by_school.items(), key=lambda pair: (pair[0].name, pair[0].key)):
        attendance = found.get("attendance")
        marked = attendance.data_to if attendance else None
        cells = [_state(found.get(feed)) for feed in feeds]
        rows.append((named(school), marked if marked else "Never", *cells))
    return Table(
        caption="How up to date the data of each school are",
        columns=(Column("School"), Column("Attendance marked to"), *(Column(feed_name(feed)) for feed in feeds)),
        rows=rows,
        sortable=True,
        searchable=len(rows) > 10,
    )


def _state(state: Delay | None) -> str:
    if state is None:
        return "Not expected"
    words = FRESHNESS.get(state.status, state.status)
    if state.status == "late" and state.due_on:
        return f"{words}, due {date(state.due_on)}"
    return words


def freshness_of_own(states: Sequence[Delay]) -> Table:
    """A row for each feed of one school, for who has one."""
    return Table(
        caption="How up to date the data of your school are",
        columns=tuple(Column(heading) for heading in ("What", "State", "Last received", "Next due")),
        rows=[
            (
                feed_name(state.feed) + ("" if state.school else " (whole authority)"),
                FRESHNESS.get(state.status, state.status),
                state.last_extracted_on or "Never",
                state.due_on or "After the next school day",
            )
            for feed in feeds_in_order([state.feed for state in states])
            for state in states
            if state.feed == feed
        ],
    )


def freshness_rows(states: Sequence[Delay]) -> Table:
    """A row for each school and feed, to take away."""
    return Table(
        caption="Freshness by school and feed",
        columns=tuple(
            Column(heading)
            for heading in ("School", "SEED code", "What", "State", "Last received", "Attendance marked to", "Next due")
        ),
        rows=[
            (
                state.name,
                state.school.seed_code if state.school else "",
                feed_name(state.feed),
                FRESHNESS.get(state.status, state.status),
                state.last_extracted_on or "",
                state.data_to or "",
                state.due_on or "",
            )
            for state in states
        ],
    )


def balance_sentence(verdicts: Sequence[Verdict]) -> str:
    """Whether everything adds up, or at which steps it does not."""
    lines = [one for one in verdicts if one.subject == "balance sheet"]
    if not lines:
        return "Nothing has been counted for this year yet."
    wrong = [one for one in lines if one.verdict != ADDS_UP]
    if not wrong:
        return f"Everything adds up: nothing was lost or counted twice in {plural(len(lines), 'count')}."
    return f"{len(wrong)} of {plural(len(lines), 'count')} do not add up. Until they do, no newer figures are released."


def balance(verdicts: Sequence[Verdict]) -> Table:
    """The steps from file to figure, each with the feeds that it was counted for; what does not add up first."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in verdicts:
        if one.subject == "balance sheet":
            found.setdefault((one.verdict, one.kind), []).append(one.feed)

    def place(key: tuple[str, str]) -> tuple[bool, int, str]:
        verdict, kind = key
        return (verdict == ADDS_UP, STEP_ORDER.index(kind) if kind in STEP_ORDER else len(STEP_ORDER), kind)

    rows: list[tuple[Cell, ...]] = []
    for verdict, kind in sorted(found, key=place):
        feeds = [feed_name(feed).lower() for feed in feeds_in_order(found[verdict, kind])]
        words = listed(feeds)
        rows.append((STEPS.get(kind, kind), VERDICTS.get(verdict, verdict), f"{words[:1].upper()}{words[1:]}"))
    return Table(
        caption="Counted again at every step",
        columns=(Column("What must be so"), Column("Is it so?"), Column("Counted for")),
        rows=rows,
    )


def late_schools(states: Sequence[Delay]) -> Table | None:
    """Schools with something late or missing alone; None where there are none."""
    places = {state.school for state in states if state.school and state.status != "fresh"}
    if not places:
        return None
    return replace(
        freshness_by_school([state for state in states if state.school in places]),
        caption="Schools with late or missing data",
        searchable=False,
    )


def problems_sentence(verdicts: Sequence[Verdict]) -> str:
    """Of which feeds files or rows were not used, and where that was 1% of rows or more."""
    files = [one.feed for one in verdicts if one.subject == "files not landed"]
    rows = [one.feed for one in verdicts if one.subject == "rejected rows"]
    many = [one.feed for one in verdicts if one.subject == "rejected rows" and one.verdict == MANY]
    if not files and not rows:
        return "Every file and every row was used."
    parts = []
    if files:
        parts.append(f"Whole files were not used of: {_in_words(files)}.")
    if rows:
        parts.append(f"Single rows were not used of: {_in_words(rows)}.")
        parts.append(
            f"For some reasons it was 1% of rows or more, of: {_in_words(many)}."
            if many
            else "For each reason it was under 1% of rows."
        )
    return " ".join(parts)


def _in_words(feeds: Sequence[str]) -> str:
    return listed([feed_name(feed).lower() for feed in feeds_in_order(feeds)])


def problems(verdicts: Sequence[Verdict]) -> Table:
    """Rows and files that were not used, and what was used but is worth a look; how much in words, never a number.

    One row for each reason, with the columns that it was met in; how much is that of the column met most.
    """
    found: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for one in verdicts:
        if one.subject not in SUBJECTS:
            continue
        what, (words, column) = SUBJECTS[one.subject], problem(one.kind)
        if one.subject == "files not landed":
            state, reason = file_problem(one.kind)
            what, words, column = f"File {state.lower()}", FILE_REASONS.get(reason, plain(reason)), ""
        size = AMOUNT_ORDER.index(one.verdict) if one.verdict in AMOUNT_ORDER else 0
        found.setdefault((feed_name(one.feed), what, words), []).append((size, column))
    rows: list[tuple[Cell, ...]] = []
    for (feed, what, words), met in sorted(found.items()):
        columns = listed(sorted({column for _, column in met if column}))
        amount = AMOUNT_ORDER[max(size for size, _ in met)]
        rows.append((feed, what, f"{words} ({columns})" if columns else words, AMOUNTS[amount]))
    return Table(
        caption="What could not be used or was noted, by kind",
        columns=(
            Column("What", filter=True),
            Column("What became of it", filter=True),
            Column("Why"),
            Column("How much"),
        ),
        rows=rows,
        sortable=True,
        empty="Everything could be used, and nothing was noted.",
        notes=("How much is said in words: a number beside a hidden figure could give it away.",),
    )
