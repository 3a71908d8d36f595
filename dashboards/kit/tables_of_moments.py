"""Released tables of the roll at month ends and now, of movements and of published censuses (see ``tables``)."""

from dashboards.kit.tables import AUTHORITY, COUNT, DATE, PUPILS, SCHOOL, SECTOR, TEXT, YEAR, Columns, mart

ON_DAY: Columns = PUPILS | YEAR | {"as_at": DATE, "pupils_symbol": TEXT}
MONTH_END: Columns = ON_DAY | {"month": DATE}


roll_by_authority = mart("roll_by_authority", AUTHORITY | PUPILS | YEAR | {"census_on": DATE, "pupils_symbol": TEXT})
roll_by_school_now = mart("roll_by_school_now", SCHOOL | ON_DAY | {"capacity": COUNT})
roll_by_school_month = mart("roll_by_school_month", SCHOOL | MONTH_END)
roll_by_authority_month = mart("roll_by_authority_month", AUTHORITY | MONTH_END)
roll_by_sector_month = mart("roll_by_sector_month", AUTHORITY | SECTOR | MONTH_END)
roll_by_sector_stage_month = mart("roll_by_sector_stage_month", AUTHORITY | SECTOR | MONTH_END | {"stage": TEXT})
roll_movements_by_month = mart("roll_movements_by_month", AUTHORITY | MONTH_END | {"movement": TEXT, "from_on": DATE})
published_school_rolls = mart(
    "published_school_rolls",
    YEAR | {"seed_code": TEXT, "sector": TEXT, "edition": TEXT, "roll": COUNT, "tolerance": COUNT},
)
