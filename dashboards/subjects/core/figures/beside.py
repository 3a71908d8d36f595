"""Groups of a school beside the same groups of all the authority's schools of its sector, at the same time.

A stage stands beside that stage and areas beside those areas; nothing is set beside another group or a whole year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from dashboards.kit.charts import sentences
from dashboards.kit.formats import Figure, change, figure, listed

MOST_HIDDEN = Decimal("0.5")
OF_GROUP = {"1": "most_deprived_fifth", "2": "second_fifth"}
REST = "rest"


@dataclass(frozen=True)
class GroupBeside:
    """A group of a school, with the same group of the authority's schools of the sector; figures so far this year."""

    value: str
    name: str
    own: Figure
    council: Figure
    pupils: Figure

    @property
    def apart(self) -> Figure:
        """Own less the authority's, in percentage points; below zero is below it."""
        return self.own.minus(self.council)


def council_rates(cells: Sequence[Row[Any]], year: str, sector: str, column: str) -> Mapping[str, Figure]:
    """Attendance so far of the authority's groups of a sector, added up from cells by stage, fifth and month.

    ``column`` is ``stage`` or ``deprivation_group``. A symbol where more than half of a group's cells are not shown.
    """
    found: dict[str, list[Row[Any]]] = {}
    for row in cells:
        if row.academic_year == year and row.sector == sector and row.openings_symbol != "[z]":
            group = row.stage if column == "stage" else OF_GROUP.get(row.simd_quintile, REST)
            found.setdefault(group, []).append(row)
    return {group: _rate(rows) for group, rows in found.items()}


def _rate(rows: Sequence[Row[Any]]) -> Figure:
    shown = [row for row in rows if row.openings_possible]
    if not shown or Decimal(len(rows) - len(shown)) / len(rows) > MOST_HIDDEN:
        return Figure(None, "[c]")
    attended = sum(int(row.openings_attended) for row in shown)
    return Figure(Decimal(attended) / sum(int(row.openings_possible) for row in shown))


def groups_beside(
    rows: Sequence[Row[Any]], column: str, names: Mapping[str, str], council: Mapping[str, Figure]
) -> tuple[GroupBeside, ...]:
    """Groups of the school that have pupils, in the order of ``names``."""
    by_value = {row._mapping[column]: row for row in rows if row.openings_symbol != "[z]"}
    return tuple(
        GroupBeside(
            value, name, figure(by_value[value], "attendance_rate"), council.get(value, Figure(None, "[x]")),
            figure(by_value[value], "pupils", "pupils", "count"),
        )
        for value, name in names.items()
        if value in by_value
    )  # fmt: skip


def sentence_of(groups: Sequence[GroupBeside], kind: str) -> str:
    """Which group is furthest below the authority's same group, as in ``P3 is furthest below the authority's P3``.

    ``kind`` is ``stage`` or ``areas``. Empty where no pair is shown.
    """
    known = [(group.apart.value, group) for group in groups if group.apart.value is not None]
    if not known:
        return ""
    apart, low = min(known, key=lambda pair: (pair[0], pair[1].name))
    if apart >= 0:
        what = "No stage" if kind == "stage" else "No group of areas"
        return f"{what} that can be compared is below the authority's."
    size = change(abs(Decimal(apart))).removeprefix("up ")
    below = [group for value, group in known if value < 0]
    others = f"; {len(below)} of {len(known)} are below" if len(known) > 1 else ""
    called = sentences.in_sentence(low.name)
    same = f"the authority's {called}" if kind == "stage" else "the authority's pupils of the same areas"
    return (
        f"{called[:1].upper()}{called[1:]} is furthest below {same}: {low.own.text} against {low.council.text}, "
        f"{size}{others}."
    )


def hidden_sentence(groups: Sequence[GroupBeside]) -> str:
    """Which groups could not be compared; empty where all could."""
    missing = [group.name for group in groups if not group.apart.is_shown]
    if not missing:
        return ""
    return f"Not compared, since one of the two is not shown: {listed(missing)}."
