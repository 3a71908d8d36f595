"""Exact marts of a small authority, counted in plain Python so that they do not come from the code under test.

The contracts are the real ones, read from the models' YAML files.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.release.tables.contracts import MADE_BY_RELEASE, ReleaseContract, load_release_contracts
from orchestration.settings import PROJECT_DIR
from orchestration.yaml_files import read_yaml
from tests.support.release_world import STAGES, YEAR, Month, Pupil, World, pupil_band

REASONS = ("sickness_without_provision", "other_authorised", "unexplained", "unauthorised_holiday")
COUNTS = ("possible", "attended", "authorised", "not_authorised", "late", "not_recorded")  # as ``Month.counts``
Row = dict[str, Any]


def fake_manifest(path: Path, kinds: Iterable[str] | None = None, made: Iterable[str] = ()) -> Path:
    """A manifest with the marts' models as their YAML files describe them; ``made`` by release, of these kinds."""
    left_out = {"reference", "schools", *MADE_BY_RELEASE} - {*made}
    nodes = {}
    for file in _files_of_marts():
        for model in file.get("models", []):
            meta = model.get("config", {}).get("meta", {})
            if "release" not in meta or (kinds is not None and meta["release"]["kind"] not in kinds):
                continue
            if meta["release"]["kind"] in left_out:
                continue
            columns = {
                column["name"]: {
                    "name": column["name"],
                    "data_type": column["data_type"],
                    "description": column.get("description", ""),
                }
                for column in model["columns"]
            }
            nodes[f"model.{model['name']}"] = {
                "resource_type": "model",
                "name": model["name"],
                "alias": model["config"].get("alias", model["name"]),
                "schema": "aggregated_exact",
                "description": model["description"],
                "config": {"meta": meta, "enabled": True},
                "columns": columns,
            }
    path.write_text(json.dumps({"nodes": nodes}))
    return path


@cache
def _files_of_marts() -> list[Any]:
    """What the YAML files beside the marts say."""
    folder = PROJECT_DIR / "dbt_project" / "models" / "aggregated"
    return [read_yaml(file) for file in sorted(folder.rglob("*.yml"))]


def contracts(folder: Path) -> tuple[ReleaseContract, ...]:
    return load_release_contracts(fake_manifest(folder / "manifest.json"))


def _rate(part: int, whole: int) -> Decimal | None:
    return None if not whole else (Decimal(part) / Decimal(whole)).quantize(Decimal("0.00000001"))


def _measures(world: World, members: Iterable[tuple[Pupil, Iterable[date]]], due: bool) -> Row:
    found: dict[str, Any] = defaultdict(int)
    by_month: dict[date, int] = defaultdict(int)
    schools = set()
    for pupil, months in members:
        own = [pupil.months[month] for month in months if month in pupil.months]
        sums = [sum(counts) for counts in zip(*(month.counts for month in own), strict=True)]
        if not own or not sums[0] + sums[-1]:
            continue
        schools.add((pupil.seed_code, pupil.sector))
        found["behind_pupils"] += 1
        for month in months:
            by_month[month] += month in pupil.months
        found["behind_marked"] += sums[0] > 0
        found["pupils"] += pupil_band(pupil) is not None
        for name, count in zip(COUNTS, sums, strict=True):
            found[f"openings_{name}"] += count
            found[f"behind_{name}"] += count > 0
    positive = [count for count in by_month.values() if count]
    recorded, silent = found["openings_possible"], found["openings_not_recorded"]
    completeness = _rate(recorded, recorded + silent)
    withheld = "not_yet_due" if not due else None
    if withheld is None and completeness is not None and completeness < Decimal("0.9"):
        withheld = "completeness"
    return {
        **dict.fromkeys(("openings_not_counted", "openings_excluded", "openings_unknown_reason"), 0),
        **dict.fromkeys(("behind_excluded", "behind_unknown_reason"), 0),
        "openings_unauthorised": found["openings_not_authorised"],
        "behind_unauthorised": found["behind_not_authorised"],
        **{
            name: found[name]
            for name in (
                "pupils", "openings_possible", "openings_attended", "openings_authorised",
                "openings_not_authorised", "openings_late", "openings_not_recorded", "behind_pupils", "behind_marked",
                "behind_authorised", "behind_not_authorised", "behind_late",
            )
        },
        "behind_smallest_month": min(positive, default=None),
        "behind_largest_month": max(positive, default=None),
        "completeness": completeness,
        "attendance_rate": _rate(found["openings_attended"], found["openings_possible"]),
        "national_rate": None,
        "national_rate_year": None,
        "calendar_source": "delivered",
        "is_provisional": not world.after_census,
        "schools_counted": len(schools),
        "data_as_at": world.data_as_at,
        "withheld": withheld,
        **dict.fromkeys(("rate_same_weeks_last_year", "weeks_compared")),
    }  # fmt: skip


def _months(world: World) -> list[date]:
    return sorted({month for pupil in world.pupils for month in pupil.months})


def _weeks(months: Iterable[date]) -> list[tuple[date, date, int]]:
    """Four weeks of each month: Monday, month, and which of the four."""
    return [
        (month + timedelta(days=7 * number - month.weekday()), month, number) for month in months for number in range(4)
    ]


def part_of(pupil: Pupil, number: int, count: int) -> Pupil:
    """One of ``count`` equal parts of each of a pupil's months, with what is left over in the last."""
    made = pupil.parts.get((number, count))
    if made is None:
        is_last = number == count - 1
        counts = {
            month: Month(*(whole - number * (whole // count) if is_last else whole // count for whole in found.whole))
            for month, found in pupil.months.items()
        }
        made = pupil.parts[number, count] = replace(pupil, months=counts)
    return made


def _week(world: World, pupils: Iterable[Pupil], week: tuple[date, date, int]) -> Row:
    """A quarter of each pupil's month."""
    monday, month, number = week
    row = _measures(world, [(part_of(pupil, number, 4), [month]) for pupil in pupils if month in pupil.months], True)
    return {**row, "week": monday, "school_week_number": 1 + (monday - date(2025, 7, 28)).days // 7}


def exact_rows(world: World) -> dict[str, list[Row]]:
    """Rows of every exact mart of the world, dense."""
    months = _months(world)
    by_unit: dict[tuple[str, str], list[Pupil]] = defaultdict(list)
    for pupil in world.pupils:
        by_unit[pupil.seed_code, pupil.sector].append(pupil)
    base = {"local_authority_code": world.authority, "academic_year": YEAR}
    marts: dict[str, list[Row]] = defaultdict(list)

    def add(mart: str, keys: Row, members: Iterable[Pupil], of: Iterable[date], breakdown: bool = False) -> None:
        row = _measures(world, [(pupil, list(of)) for pupil in members], world.after_census or not breakdown)
        marts[mart].append({**base, **keys, **row})

    for (code, sector), pupils in sorted(by_unit.items()):
        unit = {"seed_code": code, "sector": sector}
        add("attendance_by_school_year", unit, pupils, months)
        for month in months:
            add("attendance_by_school_month", {**unit, "month": month}, pupils, [month])
        for week in _weeks(months):
            marts["attendance_by_school_week"].append({**base, **unit, **_week(world, pupils, week)})
        for weekday in (1, 2):
            half = [part_of(pupil, weekday - 1, 2) for pupil in pupils]
            add("attendance_by_school_weekday", {**unit, "weekday": weekday, "opening": "AM"}, half, months, True)
        for stage in STAGES[sector]:
            mine = [pupil for pupil in pupils if pupil.stage == stage]
            add("attendance_by_school_stage", {**unit, "stage": stage}, mine, months, True)
        for sex in ("F", "M", "unknown"):
            mine = [pupil for pupil in pupils if pupil.sex == sex]
            add("attendance_by_school_sex", {**unit, "sex": sex}, mine, months, True)
        for group in ("most_deprived_fifth", "second_fifth", "rest"):
            mine = [pupil for pupil in pupils if pupil.group == group]
            add("attendance_by_school_deprivation", {**unit, "deprivation_group": group}, mine, months, True)
    for sector in [*sorted({sector for _, sector in by_unit}), "all"]:
        pupils = [pupil for pupil in world.pupils if sector in ("all", pupil.sector)]
        add("attendance_by_authority_year", {"sector": sector}, pupils, months)
        for month in months:
            add("attendance_by_authority_month", {"sector": sector, "month": month}, pupils, [month])
        for week in _weeks(months):
            row = _week(world, pupils, week)
            marts["attendance_by_authority_week"].append({**base, "sector": sector, **row})
        for weekday in (1, 2):
            keys = {"sector": sector, "weekday": weekday, "opening": "AM"}
            half = [part_of(pupil, weekday - 1, 2) for pupil in pupils]
            add("attendance_by_authority_weekday", keys, half, months, True)
        for sex in ("F", "M", "unknown"):
            mine = [pupil for pupil in pupils if pupil.sex == sex]
            add("attendance_by_authority_sex", {"sector": sector, "sex": sex}, mine, months, True)
        for stage in STAGES.get(sector, ()):
            for quintile in ("1", "2", "3", "4", "5", "unknown"):
                mine = [pupil for pupil in pupils if (pupil.stage, pupil.quintile) == (stage, quintile)]
                for month in months:
                    keys = {"sector": sector, "stage": stage, "simd_quintile": quintile, "month": month}
                    add("attendance_by_authority_stage_simd_quintile_month", keys, mine, [month], True)
    _persistent(world, base, marts)
    _reasons(world, base, marts)
    return marts


def _bands(world: World, pupils: Iterable[Pupil]) -> Row:
    found = [band for band in map(pupil_band, pupils) if band is not None]
    counts = [sum(band == number for band, _ in found) for number in (1, 2, 3, 4)]
    severe = sum(is_severe for _, is_severe in found)
    return {
        "pupils": len(found),
        "pupils_absent_under_5": counts[0],
        "pupils_absent_5_to_10": counts[1],
        "pupils_absent_10_to_20": counts[2],
        "pupils_absent_20_and_over": counts[3],
        "persistently_absent": counts[2] + counts[3],
        "severely_absent": severe,
        "persistent_absence_rate": _rate(counts[2] + counts[3], len(found)),
        "severe_absence_rate": _rate(severe, len(found)),
        "national_rate": None,
        "national_rate_year": None,
        "calendar_source": "delivered",
        "is_provisional": not world.after_census,
        "schools_counted": len({(pupil.seed_code, pupil.sector) for pupil in pupils}),
        "as_at": world.data_as_at,
        "behind_pupils": len(list(pupils)),
        "behind_smallest_month": len(list(pupils)) or None,
        "behind_largest_month": len(list(pupils)) or None,
        "withheld": None if world.after_census else "not_yet_due",
    }


def _persistent(world: World, base: Row, marts: dict[str, list[Row]]) -> None:
    units = sorted({(pupil.seed_code, pupil.sector) for pupil in world.pupils})
    for code, sector in units:
        mine = [pupil for pupil in world.pupils if (pupil.seed_code, pupil.sector) == (code, sector)]
        marts["persistent_absence_by_school"].append(
            {**base, "seed_code": code, "sector": sector, **_bands(world, mine)}
        )
    for breakdown, name in (("sector", "sector"), ("stage", "stage"), ("quintile", "quintile")):
        for value in sorted({getattr(pupil, name) for pupil in world.pupils}):
            mine = [pupil for pupil in world.pupils if getattr(pupil, name) == value]
            marts["persistent_absence_by_authority"].append(
                {**base, "breakdown": breakdown, "value": value, **_bands(world, mine)}
            )
    marts["persistent_absence_by_authority"].append(
        {**base, "breakdown": "sector", "value": "all", **_bands(world, world.pupils)}
    )


def _reason(pupil: Pupil, is_unauthorised: bool) -> str:
    """Each pupil is absent for one reason of each kind."""
    if is_unauthorised:
        return REASONS[3] if pupil.token % 4 == 1 else REASONS[2]
    return REASONS[pupil.token % 2]


def _reasons(world: World, base: Row, marts: dict[str, list[Row]]) -> None:
    def rows(pupils: list[Pupil]) -> Iterable[tuple[str, Row]]:
        totals = [
            (
                pupil,
                sum(month.possible for month in pupil.months.values()),
                sum(month.authorised for month in pupil.months.values()),
                sum(month.not_authorised for month in pupil.months.values()),
            )
            for pupil in pupils
        ]
        possible = sum(total[1] for total in totals)
        for reason in REASONS:
            is_unauthorised = reason in REASONS[2:]
            own = [
                (not_authorised if is_unauthorised else authorised) * (_reason(pupil, is_unauthorised) == reason)
                for pupil, _, authorised, not_authorised in totals
            ]
            behind = sum(count > 0 for count in own)
            yield reason, {
                "pupils": behind, "openings": sum(own), "share_of_possible": _rate(sum(own), possible),
                "calendar_source": "delivered", "is_provisional": not world.after_census,
                "schools_counted": 3, "data_as_at": world.data_as_at, "behind_pupils": len(pupils),
                "behind_smallest_month": len(pupils) or None, "behind_largest_month": len(pupils) or None,
                "behind_reason": behind, "withheld": None if world.after_census else "not_yet_due",
            }  # fmt: skip

    for code, sector in sorted({(pupil.seed_code, pupil.sector) for pupil in world.pupils}):
        mine = [pupil for pupil in world.pupils if (pupil.seed_code, pupil.sector) == (code, sector)]
        for reason, row in rows(mine):
            keys = {"seed_code": code, "sector": sector, "reason": reason}
            marts["absence_reasons_by_school"].append({**base, **keys, **row})
    for sector in [*sorted({pupil.sector for pupil in world.pupils}), "all"]:
        for reason, row in rows([pupil for pupil in world.pupils if sector in ("all", pupil.sector)]):
            marts["absence_reasons_by_authority"].append({**base, "sector": sector, "reason": reason, **row})
