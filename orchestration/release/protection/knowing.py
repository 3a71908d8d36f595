"""What who knows one school exactly, or two, could work out of attendance: with all tables, or as a head alone (47)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy

from orchestration.release.protection.audit import attendance_program, programs, with_zeros
from orchestration.release.protection.patterns import ALL
from orchestration.release.protection.program import Program
from orchestration.release.tables.rows import NOT_AVAILABLE, MartRows
from orchestration.release.thresholds import SMALL

Marts = Mapping[str, MartRows]
Truth = Mapping[tuple[str, str], float]
"""By year and name of a figure of a program, the number behind it."""
OTHERS = 2
"""Schools besides the own ones that a row about a sector has to rest on, to be seen by a head."""
NEVER = 10**6
"""More schools than there are."""
NEAR = 0.01


def together(released: Marts, truth: Truth, schools: Collection[str]) -> list[str]:
    """What all released tables and these schools' exact rows tell of others: figures of 1 to 4 pupils, by name.

    ``schools`` are ``SEED code|sector``. No reader has both: it is what a head and an officer could find together.
    """
    return [
        said
        for year, part in _parts(released)
        if any(school_of(name) in schools for name in part.bounds)
        for said in _found(knowing(part, year, truth, schools), year, truth)
    ]


def alone(released: Marts, truth: Truth, schools: Collection[str]) -> list[str]:
    """The same of what a head alone sees: rows of the own schools, exact, and those about whole sectors."""
    found = []
    floors = _floors(released, schools)
    for year, program in programs({mart: _seen_by_head(rows, floors) for mart, rows in released.items()}):
        for name in program.bounds:
            if (school := school_of(name)) and school not in schools:
                program.unknown(name)
        found += list(_found(knowing(program, year, truth, schools), year, truth))
    return found


def _parts(released: Marts) -> Iterator[tuple[str, Program]]:
    return ((year, part) for year, program in programs(released) for part in program.components())


def _found(program: Program, year: str, truth: Truth) -> Iterator[str]:
    for part in program.components():
        for one in with_zeros(part, year, truth).bounded():
            figure = truth.get((year, one.place))
            if one.low != one.low or (figure is not None and not one.low - NEAR <= figure <= one.high + NEAR):
                continue  # figures of several dates, or a bound that is not true
            if one.place.startswith("openings"):
                figure = truth.get((year, f"pupils {one.place.partition(' ')[2]}"))
            if figure is None or 0 < figure < SMALL:
                yield f"{one.what} of {one.place} ({year})"


def school_of(name: str) -> str:
    """The school that a figure of a program is of, as ``SEED code|sector``; empty where it is of none."""
    for word in name.split(" "):
        seed_code, _, rest = word.partition("|")
        if seed_code.isdecimal() and len(seed_code) == 7 and rest:
            return f"{seed_code}|{rest.partition('|')[0]}"
    return ""


def knowing(part: Program, year: str, truth: Truth, schools: Collection[str]) -> Program:
    """A program in which every figure of these schools is known; one whose truth is not known stays as it is."""
    found = deepcopy(part)
    for name in part.bounds:
        if school_of(name) in schools and (value := truth.get((year, name))) is not None:
            found.known(name, value)
            found.hidden.pop(name, None)
    return found


def true_of(exact: Marts) -> dict[tuple[str, str], float]:
    """The figure behind each name of the programs, as it is now, with the pupils behind each (``pupils ...``)."""
    years = {year for rows in exact.values() for year in rows.columns.get("academic_year", [])}
    return {
        (year, name): low
        for year in sorted(years)
        for name, (low, high) in attendance_program(exact, year, with_pupils=True).bounds.items()
        if low == high
    }


def _seen_by_head(rows: MartRows, least: Mapping[str, int]) -> MartRows:
    """Rows about sectors that rest on too few schools for a head are not there: nothing is known of their figures."""
    if not {"schools_counted", "sector"} <= rows.columns.keys():
        return rows
    columns = {name: list(values) for name, values in rows.columns.items()}
    for i, counted in enumerate(rows.columns["schools_counted"]):
        if counted is None or counted < least.get(str(rows.columns["sector"][i]), 0):
            for group, measures in rows.contract.groups.items():
                for measure in measures:
                    columns[measure][i] = None
                columns[f"{group}_symbol"][i] = NOT_AVAILABLE
    return MartRows(rows.contract, columns)


def _floors(released: Marts, schools: Collection[str]) -> dict[str, int]:
    """On how many schools a row of each sector has to rest to be seen by the head of these (``access.reader_floors``).

    Where the own sector has but one other school nothing of all sectors is seen: the other sectors, taken from it,
    leave the own one.
    """
    own = Counter(school.partition("|")[2] for school in schools)
    floors = {sector: count + OTHERS for sector, count in own.items()}
    floors[ALL] = own.total() + OTHERS
    rows = released["attendance_by_authority_year"].columns
    for sector, counted in zip(rows["sector"], rows["schools_counted"], strict=True):
        if sector in own and counted and counted - own[sector] == 1:
            floors[ALL] = NEVER
    return floors
