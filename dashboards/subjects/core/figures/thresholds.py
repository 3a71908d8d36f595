"""From when on the page *Today* points something out. One place: the page, its notes and *About the data* read it."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Attention:
    """What is worth a look this morning. Falls and rises are in percentage points, as written (one decimal).

    ``high_persistent_absence`` and ``low_attendance`` are levels in percent: one pupil in five, and the attendance of a
    pupil who is persistently absent. At and beyond them nothing is called clear, however little has changed. Of a
    school a level is pointed out where it is also ``above_sector`` or ``below_sector`` by that many percentage points
    in the same weeks at the authority's schools of the sector: a level alone would name most secondaries.
    ``weeks_before`` weeks with figures stand against the last whole week, of which ``weeks_needed`` must be shown.
    ``completeness`` is a share of the half days expected, ``fewest_pupils`` the smallest school that one week is
    compared for, ``most_named`` the longest list on the page (all schools are in its download), and
    ``days_of_deliveries`` how far back deliveries are looked at, from the date of the data.
    """

    fall_from_last_year: Decimal = Decimal("2.0")
    fall_of_authority: Decimal = Decimal("0.5")
    fall_from_weeks_before: Decimal = Decimal("3.0")
    weeks_before: int = 4
    weeks_needed: int = 2
    rise_of_persistent_absence: Decimal = Decimal("2.0")
    high_persistent_absence: Decimal = Decimal("20.0")
    above_sector: Decimal = Decimal("5.0")
    low_attendance: Decimal = Decimal("90.0")
    below_sector: Decimal = Decimal("2.0")
    published_apart: Decimal = Decimal("1.0")
    completeness: Decimal = Decimal("0.98")
    fewest_pupils: int = 20
    most_named: int = 10
    days_of_deliveries: int = 30

    @property
    def in_words(self) -> tuple[tuple[str, str], ...]:
        """What is looked at, and from when on it is pointed out."""
        return (
            ("Late or missing data", "Something that a school should have sent by now has not come."),
            (
                "Incomplete data",
                f"In the last whole week fewer than {self.completeness * 100:.0f}% of the half days of a school have "
                "a mark, or there is no figure for that week.",
            ),
            (
                "Fall since last year",
                "Attendance in the year so far is at least "
                f"{self.fall_from_last_year} percentage points below the same weeks of the year before.",
            ),
            (
                "Fall in the last whole week",
                f"Attendance in the last whole week is at least {self.fall_from_weeks_before} percentage points below "
                f"the school's own {self.weeks_before} weeks before it. Schools with fewer than {self.fewest_pupils} "
                "pupils are left out: one child who is ill for a week would move them.",
            ),
            (
                "Rise of persistent absence",
                "The share of persistently absent pupils has risen since a month before by at least "
                f"{self.rise_of_persistent_absence} percentage points more than in the whole authority (or, where "
                "that may not be shown, than at the middle one of the schools compared; of fewer than three schools "
                "any such rise is pointed out): early in a year it rises everywhere.",
            ),
            (
                "High persistent absence",
                f"{self.high_persistent_absence:.0f}% of pupils or more are persistently absent, whatever has changed. "
                f"A school is named where it is also at least {self.above_sector} percentage points above all schools "
                "of its sector in the authority at the same time.",
            ),
            (
                "Low attendance",
                f"Attendance in the year so far is below {self.low_attendance:.0f}%, and at a school also at least "
                f"{self.below_sector} percentage points below all schools of its sector in the authority in the same "
                "weeks.",
            ),
            (
                "Deliveries held back",
                f"A file of the last {self.days_of_deliveries} days could not be used and no good one has come since, "
                "or one came that must not be sent.",
            ),
        )


ATTENTION = Attention()
