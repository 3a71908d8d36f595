"""Own school: pupils at the census of the year, exact, for its head."""

from collections.abc import Iterable

from sqlalchemy import Connection

from dashboards.kit import formats
from dashboards.kit.components import Table
from dashboards.kit.own_school import count, own_rows, own_table
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.codes import DEPRIVATION_GROUPS, SEXES, STAGES, placed, stage_name

MONTH, NOW = "roll_by_school_month", "roll_by_school_now"
MARTS = (
    "roll_by_school", "roll_by_school_stage", "roll_by_school_sex", "roll_by_school_deprivation", MONTH, NOW,
)  # fmt: skip
GROUPS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("roll_by_school_stage", "stage", {value: stage_name(value) for value in STAGES}),
    ("roll_by_school_sex", "sex", SEXES),
    ("roll_by_school_deprivation", "deprivation_group", DEPRIVATION_GROUPS),
)
OF_ALL = {
    "pupils": "All pupils",
    "pupils_with_english_as_additional_language": "English as an additional language",
    "pupils_asked_for_free_meals": "Asked for free meals (from P6)",
    "pupils_registered_for_free_meals": "Registered for free meals",
    "pupils_taught_in_gaelic": "Taught in Gaelic",
}


def roll_table(connection: Connection, asked: PageRequest) -> Table:
    """Pupils at the census by group, one row each."""
    rows = [
        (heading, count(value))
        for row in own_rows(connection, "roll_by_school", asked, tuple(OF_ALL))
        for heading, value in zip(OF_ALL.values(), row, strict=True)
    ]
    for mart, by, names in GROUPS:
        found = {str(row._mapping[by]): row.pupils for row in own_rows(connection, mart, asked, (by, "pupils"))}
        rows += [(names.get(value, value), count(found[value])) for value in _in_order(found, tuple(names))]
    return own_table(f"Pupils at the census, {asked.academic_year}", ("Pupils", "Number"), rows)


def months_table(connection: Connection, asked: PageRequest) -> Table:
    """Pupils at each month's end and at the latest register, as the registers had them."""
    rows = [
        (f"End of {formats.month(row.month)}", count(row.pupils))
        for row in own_rows(connection, MONTH, asked, ("month", "pupils"))
    ]
    rows += [
        (f"Latest register, {formats.date(row.as_at)}", count(row.pupils))
        for row in own_rows(connection, NOW, asked, ("as_at", "pupils"))
    ]
    return own_table(f"Pupils month by month, {asked.academic_year}", ("When", "Number"), rows)


def tables(connection: Connection, asked: PageRequest) -> tuple[Table, ...]:
    """All tables of the school's roll."""
    return roll_table(connection, asked), months_table(connection, asked)


def _in_order(found: Iterable[str], names: tuple[str, ...]) -> list[str]:
    return sorted(found, key=lambda value: placed(value, names))
