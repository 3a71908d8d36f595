"""Released tables of the roll at month ends and now, of movements and of published censuses (see ``tables``)."""

from sqlalchemy import Column, Table

from dashboards.kit.tables import AUTHORITY, COUNT, DATE, METADATA, PUPILS, SCHOOL, SECTOR, TEXT, YEAR, Columns

ON_DAY: Columns = PUPILS | YEAR | {"as_at": DATE, "pupils_symbol": TEXT}
MONTH_END: Columns = ON_DAY | {"month": DATE}


def table_of(name: str, columns: Columns) -> Table:
    """A released table with these columns, by name their types."""
    return Table(name, METADATA, *(Column(column, data_type) for column, data_type in columns.items()))


roll_by_authority = table_of(
    "roll_by_authority", AUTHORITY | PUPILS | YEAR | {"census_on": DATE, "pupils_symbol": TEXT}
)
roll_by_school_now = table_of("roll_by_school_now", SCHOOL | ON_DAY | {"capacity": COUNT})
roll_by_school_month = table_of("roll_by_school_month", SCHOOL | MONTH_END)
roll_by_authority_month = table_of("roll_by_authority_month", AUTHORITY | MONTH_END)
roll_by_sector_month = table_of("roll_by_sector_month", AUTHORITY | SECTOR | MONTH_END)
roll_by_sector_stage_month = table_of("roll_by_sector_stage_month", AUTHORITY | SECTOR | MONTH_END | {"stage": TEXT})
roll_movements_by_month = table_of(
    "roll_movements_by_month", AUTHORITY | MONTH_END | {"movement": TEXT, "from_on": DATE}
)
published_school_rolls = table_of(
    "published_school_rolls",
    YEAR | {"seed_code": TEXT, "sector": TEXT, "edition": TEXT, "roll": COUNT, "tolerance": COUNT},
)
