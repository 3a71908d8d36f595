"""Released rows of the senior phase of the made-up council of ``dashboards_world``, filled at random: six years.

Cohorts reach from nobody to hundreds, so that counts, percentages, hidden figures, those that do not apply and years
without results are all there. Parts need not add up: pages add nothing up.
"""

import random
from collections.abc import Iterator, Mapping
from itertools import product

from dashboards.subjects.senior_phase.figures.comparisons import COMPARED
from dashboards.subjects.senior_phase.figures.measures import DESTINATIONS, EDITIONS, ENDS, FURTHER, OF_LEAVERS, SETS
from orchestration.database import connect
from orchestration.settings import Settings
from tests.support.access_world import released_tables
from tests.support.attainment_world import QUINTILES, SIMD, SIZES
from tests.support.dashboards_world import MINE, Row, write_rows

YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24", "2024/25")
INCOMPLETE = YEARS[:2]
"""Leaver years whose results, or those of a year before, never came."""
QUALIFICATIONS = ("national_5", "higher", "advanced_higher")
SUBJECTS = ("Biology", "English", "History", "Mathematics", "Other subjects")
SECONDARIES = [school for school in MINE if school[1] == "secondary"]
OTHER = {"other_providers": "incomplete"}


def shares(draw: random.Random, measures: list[str], cohort: int, hidden: float = 0.15) -> Row:
    """Counts and shares of measures of one cohort, as release shows or hides them."""
    row: Row = {}
    for measure in measures:
        count = draw.randint(cohort // 2, max(cohort - 5, cohort // 2))
        is_hidden = 0 < cohort <= 20 or (cohort > 0 and draw.random() < hidden)
        row |= {
            measure: None if is_hidden else count if cohort else 0,
            f"{measure}_share": None if is_hidden or not cohort else round(count / cohort, 8),
            f"{measure}_symbol": "[c]" if is_hidden else None if cohort else "[z]",
        }
    return row


def of_cohort(name: str, cohort: int) -> Row:
    """A cohort that is hidden where it is small."""
    few = 0 < cohort <= 20
    return {name: None if few else cohort, f"{name}_symbol": "[c]" if few else None}


MEASURES = [measure for measures in OF_LEAVERS.values() for measure in measures]


def awards(draw: random.Random, size: str, year: str, hidden: float = 0.15, has_further: bool = True) -> Row:
    """Awards of leavers; of fifths of areas without the further numbers of breadth and depth."""
    leavers = draw.randint(*SIZES[size])
    cohort = 0 if year in INCOMPLETE else leavers
    state = "incomplete" if year in INCOMPLETE else "post_review"
    return {
        "leavers": leavers, "leavers_symbol": None, **of_cohort("cohort", cohort),
        **shares(draw, [*MEASURES, *(FURTHER if has_further else ())], cohort, hidden), **OTHER, "state": state,
    }  # fmt: skip


def destinations(draw: random.Random, size: str, year: str, has_kinds: bool = True) -> Row:
    """Destinations of leavers, by kind or not; follow-up ones of the last year have not come."""
    leavers = draw.randint(*SIZES[size])
    row: Row = {"leavers": leavers, "leavers_symbol": None, "state": "initial" if year == YEARS[-1] else "follow_up"}
    for edition in EDITIONS:
        cohort = 0 if (edition, year) == ("follow_up", YEARS[-1]) else leavers
        row |= of_cohort(f"{edition}_cohort", cohort) | shares(draw, [f"{edition}_positive"], cohort)
        for kind in DESTINATIONS if has_kinds else ():
            is_hidden = 0 < cohort <= 20 or draw.random() < 0.2
            row |= {
                f"{edition}_{kind}": None if is_hidden and cohort else draw.randint(5, 30) if cohort else 0,
                f"{edition}_{kind}_symbol": "[c]" if is_hidden and cohort else None,
            }
    return row


def results(draw: random.Random, size: str, year: str) -> Row:
    """Results of an S4 roll; by the end of S5 and S6 those that have come."""
    roll = draw.randint(*SIZES[size])
    row: Row = {"s4_roll": roll, "s4_roll_symbol": None, "stage": "S4", **OTHER}
    for end in ENDS:
        has_come = YEARS.index(year) + end.years < len(YEARS)
        measures = [f"by_{end.name}_{one}_{measure}" for one in SETS for measure in end.measures[one]]
        row |= of_cohort(f"by_{end.name}_cohort", roll if has_come else 0)
        row |= shares(draw, measures, roll if has_come else 0)
        row[f"by_{end.name}_state"] = "post_review" if has_come else "not_yet"
    return row


def _course(draw: random.Random, year: str, qualification: str, subject: str) -> Row:
    """Entries and results of a group of subjects: some have nobody, some are few, some results are hidden."""
    entered = draw.choice([0, 3, 12, draw.randint(21, 400)])
    resulted = max(entered - draw.choice([0, 7]), 0)
    a_to_c = draw.randint(resulted // 2, resulted)
    counts = {"resulted": resulted, "grade_a": a_to_c // 2, "grade_a_to_c": a_to_c}
    is_hidden = 0 < entered <= 20 or (entered > 0 and draw.random() < 0.15)
    row: Row = {
        "academic_year": year, "qualification": qualification, "subject_group": subject, "state": "post_review",
        "entered": None if 0 < entered < 5 else entered, "entered_symbol": "[c]" if 0 < entered < 5 else None,
    }  # fmt: skip
    for name, count in counts.items():
        row |= {name: None if is_hidden else count, f"{name}_symbol": "[c]" if is_hidden else None}
    row["grade_a_to_c_share"] = None if is_hidden or not resulted else round(a_to_c / resulted, 8)
    return row | ({"grade_a_to_c_symbol": "[z]"} if not entered else {})


def _of_school(course: Row) -> Row:
    """The same of a school, of which nobody is told who was entered."""
    return {name: value for name, value in course.items() if not name.startswith(("entered", "grade_a_symbol"))
            and name != "grade_a"}  # fmt: skip


def compared(draw: random.Random, row: Row) -> Row:
    """A school's row beside its comparison group: our own, that of Insight, or none."""
    source = draw.choice(["own", "own", "insight", None])
    found = {name: row[name] for name in ("leavers", "leavers_symbol", "cohort", "cohort_symbol", "state", *OTHER)}
    of_own = source == "own" and row["national_1_at_5_share"] is not None
    found |= {"comparison_source": source, "matched_band": draw.choice(["95% or more", "90% to under 95%"])}
    found |= {} if of_own else {"matched_band": None}
    found["matched_band_symbol"] = None if of_own else row["national_1_at_5_symbol"] or "[z]"
    for measure in COMPARED:
        share, symbol = row[f"{measure}_share"], row[f"{measure}_symbol"]
        has_group, has_draws = share is not None and source is not None, share is not None and source == "own"
        group = draw.randint(0, 1000)
        least, largest = max(group - draw.randint(0, 40), 0), min(group + draw.randint(0, 40), 1000)
        found |= {name: row[name] for name in (measure, f"{measure}_share", f"{measure}_symbol")} | {
            f"{measure}_comparison": group / 1000 if has_group else None,
            f"{measure}_comparison_symbol": None if has_group else symbol or "[z]",
            f"{measure}_draws_low": least / 1000 if has_draws else None,
            f"{measure}_draws_high": largest / 1000 if has_draws else None,
            f"{measure}_draws_symbol": None if has_draws else symbol or "[z]",
        }
    return found


def bands(row: Row) -> Row:
    """The row of a school with the official bands of the shares that are shown."""
    found: Row = {}
    for measure in (*MEASURES, *FURTHER):
        share = row[f"{measure}_share"]
        tens = None if share is None else int(share * 10 + 1e-9)
        said = None if tens is None else f"{tens}0% to under {tens + 1}0%" if tens else "0% to under 10%"
        found[f"{measure}_band"] = "90% or more" if tens is not None and tens >= 9 else said
    return {**row, **found}


def gaps(draw: random.Random, names: list[str], year: str) -> Row:
    """A gap of each measure, some of them hidden."""
    found: Row = {}
    for name in names:
        symbol = "[z]" if year in INCOMPLETE else draw.choice([None, None, None, "[c]"])
        gap = None if symbol else round(draw.uniform(-2, 25), 6)
        found |= {f"{name}_gap": gap, f"{name}_gap_symbol": symbol}
    return found


def fill_senior_phase(settings: Settings, draw: random.Random) -> None:
    """Write the rows, as release does."""
    columns = released_tables(settings)
    with connect(settings, "releaser") as connection:
        for table, rows in _tables(draw).items():
            write_rows(connection, table, columns[table], rows)


def _tables(draw: random.Random) -> Mapping[str, Iterator[Row]]:
    positive = [f"{edition}_positive" for edition in EDITIONS]
    return {
        "leaver_attainment_by_school": (bands(awards(draw, "school", y)) | key for key, y in _of_schools()),
        "leaver_comparisons_by_school": (compared(draw, awards(draw, "school", y)) | key for key, y in _of_schools()),
        "leaver_attainment_by_authority": (
            awards(draw, "council", y, 0) | gaps(draw, MEASURES, y) | SIMD | {"academic_year": y} for y in YEARS
        ),
        "leaver_attainment_by_authority_deprivation": (
            awards(draw, "council", y, has_further=False) | SIMD | {"academic_year": y, "simd_quintile": q}
            for y in YEARS
            for q in QUINTILES
        ),
        "leaver_destinations_by_school": (destinations(draw, "school", y) | key for key, y in _of_schools()),
        "leaver_destinations_by_authority": (
            destinations(draw, "council", y) | gaps(draw, positive, y) | SIMD | {"academic_year": y} for y in YEARS
        ),
        "leaver_destinations_by_authority_deprivation": (
            destinations(draw, "council", y, has_kinds=False) | SIMD | {"academic_year": y, "simd_quintile": q}
            for y in YEARS
            for q in QUINTILES
        ),
        "course_results_by_school": (
            _of_school(_course(draw, *course)) | {"seed_code": seed_code, "sector": sector}
            for seed_code, sector in SECONDARIES
            for course in product(YEARS[1:], QUALIFICATIONS, SUBJECTS)
        ),
        "course_results_by_authority": (
            _course(draw, *course) for course in product(YEARS[1:], QUALIFICATIONS, SUBJECTS)
        ),
        "s4_roll_results_by_school": (results(draw, "school", y) | key for key, y in _of_schools()),
        "s4_roll_results_by_authority": (results(draw, "council", y) | {"academic_year": y} for y in YEARS),
    }


def _of_schools() -> Iterator[tuple[Row, str]]:
    for seed_code, sector in SECONDARIES:
        for year in YEARS:
            yield {"seed_code": seed_code, "sector": sector, "academic_year": year}, year
