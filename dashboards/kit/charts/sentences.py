"""Sentences that say what figures show, computed from the figures: under each chart, and for who cannot see it."""

from collections.abc import Sequence
from decimal import Decimal

from dashboards.kit.charts.data import Category, Marker, Series
from dashboards.kit.formats import Figure, change, listed, plural, rounded


def described(
    over: Sequence[Category],
    series: Sequence[Series],
    markers: Sequence[Marker] = (),
    begins: str = "",
    in_time: bool = True,
) -> str:
    """The description of a chart: its series, where each goes (or between what it lies), and what its axis does."""
    parts = [_course(one, over) if in_time else _reach(one, over) for one in series]
    parts += [f"{marker.name}: {marker.figure.text}." for marker in markers if marker.figure.is_shown]
    parts += [begins, "All figures are in the table below the chart."]
    return " ".join(part for part in parts if part)


def _course(one: Series, over: Sequence[Category]) -> str:
    known = [(category.name, figure) for category, figure in zip(over, one.figures, strict=True) if figure.is_shown]
    if not known:
        return f"{one.name}: no figure is shown."
    (first, start), (last, end) = known[0], known[-1]
    if len(known) == 1:
        return f"{one.name}: {start.text} ({first})."
    return f"{one.name}: from {start.text} ({first}) to {end.text} ({last})."


def _reach(one: Series, over: Sequence[Category]) -> str:
    """Groups stand in no order of time, so nothing goes from the first to the last."""
    known = [(category.name, figure) for category, figure in zip(over, one.figures, strict=True) if figure.is_shown]
    if not known:
        return f"{one.name}: no figure is shown."
    low_name, low = min(known, key=lambda pair: pair[1].value or 0)
    high_name, high = max(known, key=lambda pair: pair[1].value or 0)
    if len(known) == 1:
        return f"{one.name}: {low.text} ({low_name})."
    return f"{one.name}: between {low.text} ({low_name}) and {high.text} ({high_name})."


def trend(subject: str, over: Sequence[Category], figures: Sequence[Figure]) -> str:
    """How a measure went: from its first shown figure to its last, with its lowest point.

    ``Attendance went from 92.1% in August to 93.0% in October, up 0.9 percentage points; it was lowest in ...``
    """
    known = [(category.name, figure) for category, figure in zip(over, figures, strict=True) if figure.is_shown]
    if not known:
        return f"No figure of {_lower(subject)} is shown."
    (first, start), (last, end) = known[0], known[-1]
    if len(known) == 1:
        return f"{subject} was {start.text} in {first}."
    low_name, low = min(known, key=lambda pair: pair[1].value or 0)
    sentence = f"{subject} went from {start.text} in {first} to {end.text} in {last}"
    if start.unit == "rate":
        sentence += f", {change(end.minus(start))}"
    if low_name not in {first, last}:
        sentence += f"; it was lowest in {low_name} ({low.text})"
    return f"{sentence}."


def comparison(figure: Figure, other: Figure, other_name: str) -> str:
    """How a rate stands to another: ``0.8 percentage points below Scotland (93.3%)``."""
    if not figure.is_shown or not other.is_shown:
        return f"No comparison with {other_name}: {_why(figure if not figure.is_shown else other)}"
    difference = figure.minus(other).value or 0
    if difference == 0:
        return f"The same as {other_name} ({other.text})"
    size = _size(figure, other)
    return f"{size} {'above' if difference > 0 else 'below'} {other_name} ({other.text})"


def changed(figure: Figure, before: Figure, before_name: str) -> str:
    """How a rate has changed: ``Down 0.8 percentage points from the same weeks of 2024/25 (93.3%)``."""
    if not figure.is_shown or not before.is_shown:
        return f"No comparison with {before_name}: {_why(figure if not figure.is_shown else before)}"
    words = change(figure.minus(before))
    return f"{words[:1].upper()}{words[1:]} {'from' if words != 'no change' else 'since'} {before_name} ({before.text})"


def extremes(subject: str, among: Sequence[Category], figures: Sequence[Figure]) -> str:
    """The highest and the lowest.

    ``Attendance was highest for P3 (94.1%) and lowest for S4 (88.0%).``
    """
    known = [
        (category.name, figure) for category, figure in zip(among, figures, strict=True) if figure.value is not None
    ]
    if not known:
        return f"No figure of {_lower(subject)} is shown."
    values = [rounded(figure.value or 0) if figure.unit == "rate" else figure.value or 0 for _, figure in known]
    if min(values) == max(values):
        return f"{subject} was {known[0][1].text} for {'all' if len(known) > 1 else known[0][0]}."
    ends = []
    for end in (max(values), min(values)):
        at_end = [pair for pair, value in zip(known, values, strict=True) if value == end]
        ends.append(f"{_several([name for name, _ in at_end])} ({at_end[0][1].text})")
    return f"{subject} was highest for {ends[0]} and lowest for {ends[1]}."


def gap(subject: str, figure: Figure, figure_name: str, other: Figure, other_name: str) -> str:
    """The gap between two groups, of which the first is expected to have more; where it has less, that is said.

    ``The gap in attendance between A (95.0%) and B (89.0%) is 6.0 percentage points.``
    """
    if not figure.is_shown or not other.is_shown:
        return f"The gap in {_lower(subject)} is not shown: {_why(figure if not figure.is_shown else other)}."
    difference = figure.minus(other).value or 0
    if difference == 0:
        return f"There is no gap in {_lower(subject)} between {figure_name} and {other_name} (both {figure.text})."
    size = _size(figure, other)
    turned = f", the other way round: more for {other_name}" if difference < 0 else ""
    return (
        f"The gap in {_lower(subject)} between {figure_name} ({figure.text}) and {other_name} ({other.text}) is {size}"
        f"{turned}."
    )


def hidden(figures: Sequence[Figure], one: str = "figure") -> str:
    """What is not shown and why: ``2 of 12 figures are not shown: too few pupils.`` Empty where all are shown."""
    missing = [figure for figure in figures if not figure.is_shown]
    if not missing:
        return ""
    said = " or ".join(sorted({figure.why or figure.in_drawing() for figure in missing}, reverse=True))
    if len(missing) == len(figures):
        subject = f"None of {len(figures):,} {one}s is shown" if len(figures) > 1 else f"The only {one} is not shown"
        return f"{subject}: {said}."
    number = f"{len(missing):,} of {plural(len(figures), one)}"
    return f"{number} {'is' if len(missing) == 1 else 'are'} not shown: {said}."


def in_sentence(group: str) -> str:
    """The name of a group within a sentence: ``the most deprived fifth``, ``all other areas``, ``P3``."""
    return f"the {_lower(group)}" if group.endswith(" fifth") else _lower(group)


def _several(names: Sequence[str], most: int = 3) -> str:
    """Names that share a place; those beyond ``most`` are counted."""
    if len(names) <= most:
        return listed(list(names))
    return listed([*names[: most - 1], f"{len(names) - most + 1:,} others"])


def _size(figure: Figure, other: Figure) -> str:
    difference = Decimal(str(figure.minus(other).value or 0))
    return change(abs(difference)).removeprefix("up ") if difference else "nothing"


def _why(figure: Figure) -> str:
    return figure.word


def _lower(subject: str) -> str:
    return subject if subject[:2].isupper() else subject[:1].lower() + subject[1:]
