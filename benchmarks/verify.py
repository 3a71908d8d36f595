"""Synthetic authorities against published statistics: ``python -m benchmarks.verify``.

Writes ``docs/verification.md`` and ends with 1 when a promise is not kept. Counts come from enrolments and
marks, as a reader of the extracts would count them, and not from what the generator was told to aim at.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import attainment, scotland
from benchmarks.comparisons import LARGE, SEEDS, compare_attendance, compare_census, national, published_persistence
from orchestration.settings import PROJECT_DIR
from orchestration.synthetic import generate_pupils_only
from orchestration.synthetic.world.authority import YearWorld

REPORT = PROJECT_DIR / "docs" / "verification.md"
FAULTS = "## Values changed behind the warehouse's back"
"""What stands from this heading on is written by `make faults`."""
AUTHORITIES = ("Clackmannanshire", "Highland", "Glasgow City")
CENSUS_YEARS = ("2023/24", "2025/26")
PERSISTENCE_YEAR = "2023/24"
# Scotland, percent of openings: quintiles and support need of 2024/25 (no others are published), stages of 2023/24
PUBLISHED_GROUPS = {
    "SIMD quintile 1": 87.6, "SIMD quintile 5": 94.1, "support need": 88.2, "no support need": 92.9,
    "S1": 89.2, "S2": 86.8, "S3": 85.3, "S4": 86.9, "S5": 88.9, "S6": 90.3,
}  # fmt: skip


@dataclass
class Report:
    """Lines of the page, and whether every promise was kept."""

    promises: list[tuple[str, str, bool]] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def promise(self, text: str, found: str, kept: bool) -> None:
        """Note one promise with what was found."""
        self.promises.append((text, found, kept))

    @property
    def all_kept(self) -> bool:
        """Whether nothing has failed."""
        return all(kept for _, _, kept in self.promises)


def worlds() -> Iterator[YearWorld]:
    """The authorities and years that are compared school by school."""
    yield from generate_pupils_only(SEEDS, AUTHORITIES, CENSUS_YEARS)


def verify() -> Report:
    """Every comparison, with its table."""
    report = Report()
    census = ["| authority | census | cells | published | hidden (filled) | different |", "|---|---|---|---|---|---|"]
    rates = [
        "| authority | year | schools of 50 or more | within 0.5 points | worst, points | authority, points |",
        "|---|---|---|---|---|---|",
    ]
    for world in worlds():
        where = f"{world.authority.name}, {world.start}"
        for kind, cells in compare_census(world).items():
            census.append(
                f"| {world.authority.name} | {world.start} | {kind} | {cells.published:,} | {cells.hidden:,} | "
                f"{cells.different:,} |"
            )
            report.promise(
                f"{kind}, {where}: equal wherever published", f"{cells.different} differ", not cells.different
            )
        schools, near, worst, overall = compare_attendance(world)
        rates.append(
            f"| {world.authority.name} | {world.academic_year} | {schools} | {near} ({near / schools:.1%}) | "
            f"{worst:.3f} | {overall:+.3f} |"
        )
        report.promise(
            f"attendance, {where}: 95% of schools of {LARGE} or more within 0.5 points",
            f"{near} of {schools}",
            near >= 0.95 * schools,
        )
        report.promise(f"attendance, {where}: authority within 0.1 points", f"{overall:+.3f}", abs(overall) <= 0.1)
    persistence = [
        "| sector | pupils | persistently absent, % | published, % | half the year or more, % |",
        "|---|---|---|---|---|",
    ]
    published = published_persistence(PERSISTENCE_YEAR)
    everybody = national(PERSISTENCE_YEAR)
    for sector, (pupils, often, half) in everybody.persistence().items():
        told = published.get(sector)
        shown = "-" if told is None else f"{told:.1f}"
        persistence.append(f"| {sector} | {pupils:,} | {often:.1f} | {shown} | {half:.1f} |")
        if told is not None:
            report.promise(
                f"persistent absence {PERSISTENCE_YEAR}, all authorities, {sector}: within 1.5 points of {told}",
                f"{often:.1f}",
                abs(often - told) <= 1.5,
            )
    groups = ["| pupils | attendance, % | published, % |", "|---|---|---|"]
    for name, rate in everybody.rates().items():
        shown = f"{PUBLISHED_GROUPS[name]:.1f}" if name in PUBLISHED_GROUPS else "-"
        groups.append(f"| {name} | {rate:.1f} | {shown} |")
    levels, promises = attainment.section()
    of_scotland, more = scotland.section()
    for promise in (*promises, *more):
        report.promise(*promise)
    report.tables = ["\n".join(table) for table in (census, rates, persistence, groups, levels, of_scotland)]
    return report


def page(report: Report) -> str:
    """The page of the documentation."""
    kept = sum(kept for _, _, kept in report.promises)
    broken = [f"- **not kept**: {text} (found: {found})" for text, found, kept_ in report.promises if not kept_]
    lines = [
        "# Synthetic pupils against published figures",
        "",
        "Written by `make verify`; do not edit. The pupils are made up; schools and figures are real. Counts are taken",
        "from enrolments and marks as an extract has them, and compared with the seeds that hold the published tables.",
        "",
        f"**{kept} of {len(report.promises)} promises kept.**",
        *(["", *broken] if broken else []),
        "",
        "## Rolls at the census",
        "",
        "Cells are those of each school's row. Hidden ones (`c` in the publication) are filled so that every margin is",
        "met, and cannot be compared.",
        "",
        report.tables[0],
        "",
        "## Attendance over a full year",
        "",
        "Against the latest published rate of each school (2022/23, secondaries 2023/24; nothing later is published by",
        "school). The authority's is their mean weighted by roll; all schools of an authority are moved together, by",
        "less than 0.2 points, so that the rate over all its openings comes out as that mean. What an authority",
        "published for a later year may differ.",
        "",
        report.tables[1],
        "",
        f"## Persistent absence, all 32 authorities, {PERSISTENCE_YEAR}",
        "",
        "Pupils absent for a tenth or more of at least 20 possible openings, exclusions included. Primary rates are",
        "those of 2022/23, when more pupils were absent than in 2023/24, which is why primary lies above the",
        "published figure. No figure is published for special schools alone.",
        "",
        report.tables[2],
        "",
        "## Attendance by group, all 32 authorities",
        "",
        "Not promised, shown for judgement. Published: quintiles and support need 2024/25, when all pupils attended",
        "91.0 percent of openings (the generator is calibrated to 2022/23 and 2023/24, about 90.3), stages 2023/24.",
        "",
        report.tables[3],
        "",
        "## Achievement of levels",
        "",
        "Percent of pupils with a judgement, against each authority's own figures. Gaps are in points; where no area",
        "is among the most deprived fifth there is none.",
        "",
        report.tables[4],
        "",
        "## Achievement and leavers, all 32 authorities together",
        "",
        f"Achievement of {scotland.YEAR} against the published table of Scotland. Leavers of {scotland.YEAR} against",
        "the latest share that is published: of 2024/25, but for one or more at 6, one or more in All SCQF, and gaps,",
        "which are of 2023/24. Awards by latest and best of all years; gaps: the least less the most deprived fifth.",
        "",
        report.tables[5],
        "",
        "## What is not as published",
        "",
        "- Movement between the censuses (transfers, leavers, newcomers), term dates and the lengths of spells are",
        "  choices: nothing is published about them.",
        "- The roll of 2024 lies between two published ones, with the published roll of secondaries; before 2023 and",
        "  after 2025 the nearest census is carried on.",
        "- Detailed reasons follow national shares by sector; the shares of single schools are not published.",
        "- Pupils of a quintile that their authority has no data zone of live in another authority's zone.",
        "",
    ]
    return "\n".join(lines)


def main(report_path: Path = REPORT) -> int:
    """Verify, write the page, say how it went."""
    started = time.monotonic()
    report = verify()
    report_path.parent.mkdir(parents=True, exist_ok=True)
    standing = report_path.read_text(encoding="utf-8") if report_path.is_file() else ""
    faults = standing[standing.index(FAULTS) :] if FAULTS in standing else ""
    report_path.write_text(page(report) + ("\n" + faults if faults else ""), encoding="utf-8")
    for text, found, kept in report.promises:
        print(f"{'kept    ' if kept else 'NOT KEPT'} {text}: {found}")
    print(f"{report_path.name} written in {time.monotonic() - started:.0f} s")
    return 0 if report.all_kept else 1


if __name__ == "__main__":
    sys.exit(main())
