"""Released rows of attainment of the made-up council of ``dashboards_world``, filled at random: four returns.

Cohorts reach from nobody to hundreds, so that counts, percentages, hidden figures and those that do not apply are all
there. Parts need not add up: pages add nothing up.
"""

import random
from collections.abc import Iterator, Mapping

from orchestration.database import connect
from orchestration.release import provision_aggregated
from orchestration.release.tables.provision import manifest_path
from orchestration.settings import Settings
from orchestration.transform import ensure_manifest
from tests.conftest import NewWarehouse
from tests.support.access_world import released_tables
from tests.support.dashboards_world import MINE, Row, fill_world, write_rows
from tests.support.logins import HERE
from tests.support.published_figures import rows_as_released

YEARS = ("2021/22", "2022/23", "2023/24", "2024/25")
OPEN = "2025/26"
ENGLISH = ("reading", "writing", "listening_and_talking", "literacy", "numeracy")
GAELIC = ("gaelic_reading", "gaelic_writing", "gaelic_listening_and_talking", "gaelic_literacy")
STAGES = {"primary": ("P1", "P4", "P7"), "secondary": ("S3",)}
QUINTILES = ("1", "2", "3", "4", "5", "unknown")
GROUPS = {
    "attendance": ("over_95", "over_90_to_95", "over_80_to_90", "80_or_less", "unknown"),
    "looked_after": ("looked_after", "others", "unknown"),
}
SIZES = {"school": (0, 160), "council": (60, 900)}
STATE = {"state": "published"}
SIMD = {"simd_edition": "SIMD 2020v2"}


def figures(draw: random.Random, size: str, hidden: float = 0.15) -> Row:
    """Cohort, those who achieved and share of each organiser, as release shows or hides them."""
    row: Row = {}
    for organiser in (*ENGLISH, *GAELIC):
        cohort = draw.randint(*SIZES[size]) if organiser in ENGLISH else draw.choice([0, 0, 30])
        low = cohort // 2
        achieved = draw.randint(low, max(cohort - 5, low))
        is_hidden = 0 < cohort <= 20 or (cohort > 0 and draw.random() < hidden)
        share = round(achieved / cohort, 8) if cohort else None
        row |= {
            f"{organiser}_cohort": None if 0 < cohort <= 20 else cohort,
            f"{organiser}_cohort_symbol": "[c]" if 0 < cohort <= 20 else None,
            f"{organiser}_achieved": None if is_hidden else achieved,
            f"{organiser}_share": None if is_hidden else share,
            f"{organiser}_achieved_symbol": "[c]" if is_hidden else None if cohort else "[z]",
        }
    return row


def foreseen(draw: random.Random, row: Row) -> Row:
    """The row with what was predicted of literacy and numeracy: of some nothing, and some of it hidden."""
    found: Row = {}
    for measure in ("literacy", "numeracy"):
        cohort, achieved = row[f"{measure}_cohort"], row[f"{measure}_achieved"]
        is_hidden = achieved is None or draw.random() < 0.15
        predicted = None if is_hidden else min(achieved + draw.randint(-2, 9), cohort)
        has_enough = bool(cohort) and draw.random() < 0.9
        is_known = predicted is not None and has_enough
        found |= {
            f"{measure}_predicted": predicted,
            f"{measure}_predicted_share": round(predicted / cohort, 8) if is_known else None,
            f"{measure}_prediction_error": round(100 * (predicted - achieved) / cohort, 6) if is_known else None,
            f"{measure}_predicted_symbol": "[c]" if is_hidden else None,
            f"{measure}_prediction_error_symbol": "[c]" if is_hidden else None if is_known else "[z]",
        }
    return {**row, **found}


def spread(draw: random.Random, row: Row) -> Row:
    """The row of a stage with how its pupils spread over levels: now and then two of four are hidden."""
    found: Row = {}
    for organiser in (*ENGLISH, *GAELIC):
        if organiser.endswith("literacy"):
            continue
        cohort, achieved = row[f"{organiser}_cohort"], row[f"{organiser}_achieved"]
        is_hidden = achieved is None
        above, far = (0, 0) if is_hidden else (draw.randint(0, achieved), draw.randint(0, cohort - achieved))
        counts = None if is_hidden else (above, achieved - above, cohort - achieved - far, far)
        parts = dict(zip(("above", "expected", "one_below", "further_below"), counts or (None,) * 4, strict=True))
        if not is_hidden and draw.random() < 0.2:
            parts |= dict.fromkeys(draw.choice([("above", "expected"), ("one_below", "further_below")]))
        found |= {f"{organiser}_{name}": pupils for name, pupils in parts.items()}
        found[f"{organiser}_levels_symbol"] = "[c]" if None in parts.values() else None
    return {**row, **found}


def banded(row: Row) -> Row:
    """The row of a school with the official bands of the shares that are shown."""
    bands: Row = {}
    for organiser in (*ENGLISH, *GAELIC):
        share = row[f"{organiser}_share"]
        tens = None if share is None else 10 * row[f"{organiser}_achieved"] // row[f"{organiser}_cohort"]
        said = None if tens is None else f"{tens}0% to under {tens + 1}0%" if tens else "0% to under 10%"
        bands[f"{organiser}_band"] = "90% or more" if tens is not None and tens >= 9 else said
    return {**row, **bands}


def gaps(draw: random.Random) -> Row:
    """A gap of each organiser, some of them hidden."""
    found: Row = {}
    for organiser in ENGLISH:
        symbol = draw.choice([None, None, None, "[c]"])
        found |= {f"{organiser}_gap": None if symbol else round(draw.uniform(-2, 25), 6),
                  f"{organiser}_gap_symbol": symbol}  # fmt: skip
    return found


def released_council(new_warehouse: NewWarehouse) -> Settings:
    """A warehouse with the released tables of the made-up council, before any attainment is in them."""
    settings = new_warehouse(parsed=True)
    ensure_manifest(settings)
    provision_aggregated(settings, manifest_path(settings))
    fill_world(settings)
    return settings


def fill_attainment(settings: Settings, draw: random.Random) -> None:
    """Write the rows, as release does, and the census that stands beside them."""
    columns = released_tables(settings)
    with connect(settings, "releaser") as connection:
        for table, rows in _tables(draw).items():
            write_rows(connection, table, columns[table], rows)


def _tables(draw: random.Random) -> Mapping[str, Iterator[Row]]:
    return {
        "attainment_by_school": _of_schools(draw),
        "attainment_by_school_stage": _of_school_stages(draw),
        "attainment_by_sector": _of_sectors(draw),
        "attainment_by_sector_stage": _of_stages(draw),
        "attainment_by_sector_deprivation": _of_areas(draw),
        "attainment_by_sector_stage_deprivation": _of_stage_areas(draw),
        "attainment_by_sector_group": _of_groups(draw),
        "progress_by_sector": _progress(draw),
        "forecast_by_sector": _forecasts(draw),
        "published_levels": _published("published_levels"),
        "stretch_aims": _published("stretch_aims"),
        "roll_by_school": ({**_key(school), "academic_year": YEARS[-1], "pupils": 200} for school in MINE),
        "roll_by_school_deprivation": _rolls(draw),
    }


def _published(name: str) -> Iterator[Row]:
    return (row for row in rows_as_released(name) if row["area_code"] in {HERE, "S92000003"})


def _key(school: tuple[str, str]) -> Row:
    return {"seed_code": school[0], "sector": school[1]}


def _of_schools(draw: random.Random) -> Iterator[Row]:
    for school in MINE:
        for year in YEARS if school[1] in STAGES else ():
            yield {**_key(school), "academic_year": year, **banded(figures(draw, "school")), **STATE}


def _of_school_stages(draw: random.Random) -> Iterator[Row]:
    for school in MINE:
        for year in YEARS:
            for stage in STAGES.get(school[1], ()):
                yield {
                    **_key(school),
                    "academic_year": year,
                    "stage": stage,
                    **foreseen(draw, banded(figures(draw, "school"))),
                    **STATE,
                }


def _of_sectors(draw: random.Random) -> Iterator[Row]:
    for sector in STAGES:
        for year in YEARS:
            row = foreseen(draw, figures(draw, "council", hidden=0))
            yield {"sector": sector, "academic_year": year, **row, **gaps(draw), **STATE, **SIMD}


def _of_stages(draw: random.Random) -> Iterator[Row]:
    for sector, stages in STAGES.items():
        for year in YEARS:
            for stage in stages:
                row = spread(draw, foreseen(draw, figures(draw, "council")))
                yield {"sector": sector, "stage": stage, "academic_year": year, **row, **gaps(draw), **STATE, **SIMD}


def _of_areas(draw: random.Random) -> Iterator[Row]:
    for sector in STAGES:
        for year in YEARS:
            for quintile in QUINTILES:
                row = figures(draw, "council")
                yield {"sector": sector, "simd_quintile": quintile, "academic_year": year, **row, **STATE, **SIMD}


def _of_stage_areas(draw: random.Random) -> Iterator[Row]:
    for sector, stages in STAGES.items():
        for stage in stages:
            for quintile in QUINTILES:
                row = {**figures(draw, "council"), **STATE, **SIMD}
                yield {"sector": sector, "stage": stage, "simd_quintile": quintile, "academic_year": YEARS[-1], **row}


def _forecasts(draw: random.Random) -> Iterator[Row]:
    """Forecasts of the year that is still open, after two collections."""
    for sector in STAGES:
        row: Row = {"sector": sector, "academic_year": OPEN, "newest_collection": 2}
        for measure in ("literacy", "numeracy"):
            cohort = draw.randint(*SIZES["council"])
            predicted = draw.randint(cohort // 2, cohort - 5)
            row |= {
                f"{measure}_forecast_cohort": cohort,
                f"{measure}_forecast": predicted,
                f"{measure}_forecast_share": round(predicted / cohort, 8),
            }
        for organiser in ("reading", "numeracy"):
            known = draw.randint(*SIZES["council"])
            on_track = draw.randint(known // 2, known - 5)
            row |= {
                f"{organiser}_on_track_cohort": known,
                f"{organiser}_on_track": on_track,
                f"{organiser}_on_track_share": round(on_track / known, 8),
            }
        yield row


def _of_groups(draw: random.Random) -> Iterator[Row]:
    """Groups of the newest year in literacy and numeracy, some of them small."""
    names = {"cohort": "literacy_cohort", "cohort_symbol": "literacy_cohort_symbol"}
    for measure in ("literacy", "numeracy"):
        names |= {f"achieved_in_{measure}": "literacy_achieved", f"share_in_{measure}": "literacy_share",
                  f"achieved_in_{measure}_symbol": "literacy_achieved_symbol"}  # fmt: skip
    for sector in STAGES:
        for breakdown, groups in GROUPS.items():
            for group in groups:
                row = figures(draw, "school" if group in ("80_or_less", "looked_after") else "council")
                key = {"sector": sector, "academic_year": YEARS[-1], "breakdown": breakdown, "pupil_group": group}
                yield {**key, **{name: row[told] for name, told in names.items()}, "caution": "as it is", **STATE}


def _progress(draw: random.Random) -> Iterator[Row]:
    """P7 of the newest year and P4 of the oldest; one organiser is hidden now and then."""
    row: Row = {"sector": "primary", "academic_year": YEARS[-1], "academic_year_of_p4": YEARS[0], **STATE}
    for organiser in ENGLISH:
        cohort = draw.randint(60, 900)
        first = draw.randint(cohort // 2, cohort - 5)
        reached = None if draw.random() < 0.15 else draw.randint(first // 2, first - 5)
        row |= {
            f"{organiser}_p4_cohort": cohort + 20, f"{organiser}_p4_achieved": first + 10,
            f"{organiser}_followed": cohort, f"{organiser}_at_first_level": first,
            f"{organiser}_reached_second_level": reached,
            f"{organiser}_reached_second_level_symbol": "[c]" if reached is None else None,
            f"{organiser}_progress_share": None if reached is None else round(reached / first, 8),
            f"{organiser}_p7_cohort": cohort + 30, f"{organiser}_p7_achieved": first + 12,
        }  # fmt: skip
    yield row


def _rolls(draw: random.Random) -> Iterator[Row]:
    for school in MINE:
        symbol = draw.choice([None, None, "[c]"])
        yield {**_key(school), "academic_year": YEARS[-1], "deprivation_group": "most_deprived_fifth",
               "pupils": None if symbol else draw.randint(0, 200), "pupils_symbol": symbol}  # fmt: skip
