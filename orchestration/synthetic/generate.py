"""The generator's two ways in: extracts on disk, or pupils alone for checks against published figures."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.synthetic.attained import attainment_truth
from orchestration.synthetic.deliveries import YearWriter, no_marks
from orchestration.synthetic.faults.planter import Planter
from orchestration.synthetic.feeds.attainment import AttainmentFeeds
from orchestration.synthetic.options import OrderError, Progress, SynthOptions, SynthResult, start_year, year_name
from orchestration.synthetic.truth import write_truth, year_truth
from orchestration.synthetic.world.authority import YearWorld, years_of_authority
from orchestration.synthetic.world.calendars import school_year
from orchestration.synthetic.world.published import census_date, find_authorities


def generate(options: SynthOptions, progress: Progress | None = None) -> SynthResult:
    """Writes deliveries of pupils that do not exist for schools that do, and ``truth.json`` beside them.

    Deterministic: the same options give the same bytes. Raises OrderError for an unknown authority or
    year or a last day before the first, and ``FileExistsError`` when a delivery is there already (deliveries are
    never overwritten).
    """
    tell = progress or (lambda text: None)
    authorities = find_authorities(options.seeds, options.authorities)
    starts = options.starts
    returned = options.returned_starts
    for start in range((returned or starts)[0], starts[-1] + 1):
        census_date(options.seeds, year_name(start))
    for authority in authorities:
        first = school_year(authority.code, starts[-1]).open_dates[0]
        if options.until is not None and options.until < first:
            raise OrderError(f"{options.until} is before the first school day of {year_name(starts[-1])}, {first}.")
    if options.files:
        options.out.mkdir(parents=True, exist_ok=True)
    truth: dict[str, dict[str, Any]] = {}
    attained: dict[str, dict[str, Any]] = {}
    keys: list[str] = []
    pupils, openings, seconds = 0, 0, dict[str, float]()
    planters: list[Planter] = []
    for authority in authorities:
        if options.files and any((options.out / authority.code).glob("*/manifest.json")):
            raise FileExistsError(
                f"{options.out / authority.code} has deliveries already; choose another folder or remove them."
            )
        planter = Planter(options, borrowed=planters[-1].lent if planters else None)
        planters.append(planter)
        years = truth.setdefault(authority.code, {})
        attainment = AttainmentFeeds(options.feeds)
        started = time.monotonic()
        for world in years_of_authority(options.seeds, authority, [*returned, *starts], options.seed, returned):
            tell(f"{authority.name} {world.academic_year}: {len(world.roll.person):,} pupils")
            if options.has_marks(world.start):
                marks = world.marks()
                planter.year_begins(world, marks, options.until_of(world.start))
            else:
                marks = no_marks(world)
            attainment.year_begins(world, "cfe_tracking" in options.feeds_of(world.start))
            writer = YearWriter(options, world, planter, marks, attainment)
            if options.files:
                for key in writer.write(options.out):
                    tell(f"{key} written")
                writer.keys.extend(planter.after_year(writer, options.out))
            keys.extend(writer.keys)
            year = year_truth(writer)
            years[world.academic_year] = year
            openings += year["openings"]
            pupils += len(world.roll.person)
        if options.feeds:
            attained[authority.code] = attainment_truth(attainment, options.seeds)
        seconds[authority.name] = round(time.monotonic() - started, 2)
    faults = [fault for planter in planters for fault in planter.faults]
    path = write_truth(options, truth, faults, attained) if options.files else None
    return SynthResult(options.out, path, tuple(keys), pupils, openings, len(faults), seconds)


def generate_pupils_only(
    seeds: Path, authorities: tuple[str, ...], years: tuple[str, ...], seed: int = 1
) -> Iterator[YearWorld]:
    """Worlds of the authorities and years, without marks and files: each pupil with possible and absent openings.

    A world must be used before the next is asked for.
    """
    for authority in find_authorities(seeds, authorities):
        yield from years_of_authority(seeds, authority, sorted(start_year(year) for year in years), seed)
