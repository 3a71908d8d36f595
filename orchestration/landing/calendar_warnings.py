"""Warns of a calendar that stops: it is to speak of the whole academic year, future days included (rule 7)."""

from datetime import date

from orchestration.landing.outcomes import Warned
from orchestration.landing.reference import academic_year
from orchestration.landing.rules import Extract
from orchestration.landing.validate import Validated

SHOWN_SCHOOLS = 10
LAST_MONTH = 6  # a calendar that reaches June is whole, as the var calendar_last_month of the dbt project has it


def calendar_warnings(validated: Validated, extract: Extract) -> tuple[Warned, ...]:
    """``calendar_short``, with the schools whose days of the year of the extract end before the extract.

    Where marks come later than the calendar ends, only the build can know.
    """
    if validated.contract.feed != "calendar":
        return ()
    first = int(academic_year(extract.extract_date)[:4])
    rows = validated.staging.run(
        f"""
        select seed_code from rows
        where problems = 0 and opening_date between date '{date(first, 8, 1)}' and date '{date(first + 1, 7, 31)}'
        group by seed_code
        having max(opening_date) < least(date '{extract.extract_date}', date '{date(first + 1, LAST_MONTH, 1)}')
        order by seed_code
        """
    )
    if not rows:
        return ()
    shown = ", ".join(f"{code:07d}" for (code,) in rows[:SHOWN_SCHOOLS])
    return (Warned("calendar_short", None, len(rows), None, shown + (", ..." if len(rows) > SHOWN_SCHOOLS else "")),)
