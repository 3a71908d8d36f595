"""An attacker with a linear program: what can be worked out about hidden figures from all that is released.

In: released tables alone (and the marts' contracts). For tests and for a look before a first release.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array

from orchestration.release.bands import BANDS
from orchestration.release.grid import GROUP_OF_QUINTILE, REST
from orchestration.release.patterns import ALL
from orchestration.release.rows import NOT_AVAILABLE, MartRows
from orchestration.release.suppression import SMALL

TOLERANCE = 1e-4
LARGEST = 1e6
"""More pupils or openings than any authority has, so that every program has an end."""
ROUNDS = 12
FloatArray = npt.NDArray[np.float64]
Term = tuple[str, float]


@dataclass(frozen=True)
class Finding:
    """A hidden figure that can be worked out: where, of what, and the least and most it can be."""

    place: str
    what: str
    low: float
    high: float


@dataclass
class Program:
    """Unknown figures by name, what is known of each, and sums that hold between them."""

    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    sums: list[tuple[list[Term], float]] = field(default_factory=list)

    def known(self, name: str, value: float) -> None:
        """A figure that is shown."""
        self.bounds[name] = (value, value)

    def unknown(self, name: str, floor: float = 0.0, hidden_as: str | None = None) -> None:
        """A figure that is not; ``hidden_as`` says what is to be reported if it can be had."""
        self.bounds[name] = (floor, np.inf)
        if hidden_as is not None:
            self.hidden[name] = hidden_as

    def total(self, parts: Iterable[str], whole: str, slack: bool = False) -> None:
        """Parts add up to a whole, or to more where persons may be counted twice (``slack``)."""
        listed = list(parts)
        if whole not in self.bounds or not listed or any(part not in self.bounds for part in listed):
            return
        terms = [(part, 1.0) for part in listed] + [(whole, -1.0)]
        if slack:
            name = f"slack {len(self.bounds)}"
            self.bounds[name] = (0.0, np.inf)
            terms.append((name, -1.0))
        self.sums.append((terms, 0.0))

    def _system(self) -> tuple[list[str], csr_array, FloatArray, FloatArray]:
        names = sorted(self.bounds)
        position = {name: number for number, name in enumerate(names)}
        rows, columns, values = [], [], []
        for number, (terms, _) in enumerate(self.sums):
            for name, sign in terms:
                rows.append(number)
                columns.append(position[name])
                values.append(sign)
        matrix = csr_array((values, (rows, columns)), shape=(len(self.sums), len(names)))
        limits = np.array([self.bounds[name] for name in names], dtype=np.float64)
        return names, matrix, np.array([amount for _, amount in self.sums], dtype=np.float64), limits

    def solve(self) -> list[Finding]:
        """Bounds of every hidden figure; findings are those between 1 and 4, and those known exactly.

        In a row group that is withheld whole a figure may be zero, and 0 to 4 says nothing of a pupil. Programs
        that push all figures at once clear most of them; only the rest is bounded one by one.
        """
        names, matrix, right, limits = self._system()
        position = {name: number for number, name in enumerate(names)}

        def best(cost: FloatArray) -> FloatArray | None:
            capped = np.minimum(limits, LARGEST)
            outcome = linprog(cost, A_eq=matrix, b_eq=right, bounds=capped, method="highs")
            return None if outcome.x is None else np.asarray(outcome.x, dtype=np.float64)

        hidden = np.array([position[name] for name in sorted(self.hidden)], dtype=np.int64)
        low, high = np.full(len(names), np.inf), np.full(len(names), -np.inf)
        generator = np.random.default_rng(0)
        for _ in range(ROUNDS):
            cost = np.zeros(len(names))
            cost[hidden] = generator.uniform(0.1, 1.0, len(hidden)) * np.where(
                (high[hidden] < SMALL) | (generator.random(len(hidden)) < 0.5), -1.0, 1.0
            )
            found = best(cost)
            if found is None:
                return [Finding("all", "contradiction between figures of different dates", np.nan, np.nan)]
            low, high = np.minimum(low, found), np.maximum(high, found)
        findings = []
        for name, what in sorted(self.hidden.items()):
            number = position[name]
            if high[number] >= SMALL and high[number] - low[number] > TOLERANCE:
                continue
            for sign in (1.0, -1.0):
                cost = np.zeros(len(names))
                cost[number] = sign
                found = best(cost)
                if found is not None:
                    low[number], high[number] = min(low[number], found[number]), max(high[number], found[number])
            is_exact = high[number] - low[number] < TOLERANCE and high[number] > TOLERANCE
            is_small = what != "openings" and low[number] > TOLERANCE and high[number] < SMALL - TOLERANCE
            if is_exact or is_small:
                findings.append(Finding(name, what, float(low[number]), float(high[number])))
        return findings


def _rows_of(rows: MartRows, year: str) -> list[int]:
    return [int(i) for i in np.flatnonzero(rows.flags("academic_year", year))]


def _put(program: Program, name: str, rows: MartRows, position: int, measure: str, floor: float) -> None:
    value = rows.columns[measure][position]
    symbol = rows.columns[f"{'pupils' if measure == 'pupils' else 'openings'}_symbol"][position]
    if value is not None:
        program.known(name, float(value))
    elif symbol == NOT_AVAILABLE:
        program.unknown(name)
    else:
        program.unknown(name, floor, "pupils" if measure == "pupils" else "openings")


def _schools(program: Program, rows: MartRows, year: str, measure: str) -> dict[tuple[str, str], dict[str, str]]:
    """Cells of one school mart into the program. Out: names by (sector, category), by school."""
    contract = rows.contract
    kind = contract.breakdown[0] if contract.breakdown else "total"
    of_year = _rows_of(rows, year)
    by_unit: dict[str, list[int]] = {}
    for i in of_year:
        by_unit.setdefault(f"{rows.columns['seed_code'][i]}|{rows.columns['sector'][i]}", []).append(i)
    found: dict[tuple[str, str], dict[str, str]] = {}
    for unit, positions in by_unit.items():
        all_hidden = len(positions) > 1 and all(rows.columns[measure][i] is None for i in positions)
        names = []
        for i in positions:
            category = str(rows.columns[kind][i]) if contract.breakdown else ALL
            name = f"{measure} {kind} {unit}|{category}"
            _put(program, name, rows, i, measure, 0.0 if all_hidden else 1.0)
            found.setdefault((unit.split("|")[1], category), {})[unit] = name
            names.append(name)
        if contract.breakdown:
            program.total(names, f"{measure} total {unit}|{ALL}")
    return found


def _authority(program: Program, marts: Mapping[str, MartRows], year: str, measure: str) -> None:
    rows = marts.get("attendance_by_authority_year")
    if rows is None:
        return
    sectors = []
    for i in _rows_of(rows, year):
        sector = str(rows.columns["sector"][i])
        _put(program, f"{measure} sector {sector}", rows, i, measure, 1.0)
        if sector != ALL:
            sectors.append(sector)
    program.total([f"{measure} sector {s}" for s in sectors], f"{measure} sector {ALL}", measure == "pupils")


def _grid(program: Program, rows: MartRows, year: str) -> dict[tuple[str, str, str], list[str]]:
    """Openings of the grid's cells, month by month. Out: names by sector, stage and quintile."""
    found: dict[tuple[str, str, str], list[str]] = {}
    columns = rows.columns
    for i in _rows_of(rows, year):
        cell = (str(columns["sector"][i]), str(columns["stage"][i]), str(columns["simd_quintile"][i]))
        if cell[0] == ALL:
            continue
        name = f"openings grid {'|'.join(cell)} {columns['month'][i]}"
        _put(program, name, rows, i, "openings_possible", 0.0)
        found.setdefault(cell, []).append(name)
    return found


def audit_attendance(marts: Mapping[str, MartRows], year: str) -> list[Finding]:
    """Hidden pupils and openings of the attendance marts, all linked."""
    program = Program()
    schools = [
        rows for rows in marts.values()
        if rows.contract.kind == "school" and "month" not in rows.contract.keys
        and "weekday" not in rows.contract.keys
    ]  # fmt: skip
    schools.sort(key=lambda rows: len(rows.contract.breakdown))
    cells: dict[str, dict[tuple[str, str], dict[str, str]]] = {}
    for measure in ("pupils", "openings_possible"):
        _authority(program, marts, year, measure)
        for rows in schools:
            kind = rows.contract.breakdown[0] if rows.contract.breakdown else "total"
            found = _schools(program, rows, year, measure)
            if measure == "openings_possible":
                cells[kind] = found
            if kind == "total":
                for (sector, _), names in found.items():
                    program.total(names.values(), f"{measure} sector {sector}", measure == "pupils")
    grid = marts.get("attendance_by_authority_stage_simd_quintile_month")
    if grid is not None:
        _link_grid(program, _grid(program, grid, year), cells)
    return program.solve()


def _link_grid(
    program: Program,
    grid: Mapping[tuple[str, str, str], list[str]],
    cells: Mapping[str, Mapping[tuple[str, str], Mapping[str, str]]],
) -> None:
    for kind, of_cell in (("stage", 1), ("deprivation_group", 2)):
        for (sector, category), names in cells.get(kind, {}).items():
            members = [
                name
                for cell, months in grid.items()
                if cell[0] == sector and category == (cell[1] if of_cell == 1 else GROUP_OF_QUINTILE.get(cell[2], REST))
                for name in months
            ]
            whole = f"openings {kind} {sector}|{category}"
            program.unknown(whole)
            program.total(names.values(), whole)
            program.total(members, whole)


def _band_rows(program: Program, rows: MartRows, year: str) -> dict[str, str]:
    """Bands of each row into the program. Out: date of each row by name."""
    dates: dict[str, str] = {}
    for i in _rows_of(rows, year):
        columns = rows.columns
        name = (
            f"{columns['seed_code'][i]}|{columns['sector'][i]}"
            if "seed_code" in columns
            else f"{columns['breakdown'][i]}={columns['value'][i]}"
        )
        measures = ("pupils", *BANDS, "persistently_absent", "severely_absent")
        values = {measure: columns[measure][i] for measure in measures}
        all_hidden = all(value is None for value in values.values())
        is_available = columns["bands_symbol"][i] != NOT_AVAILABLE
        for measure, value in values.items():
            if value is not None:
                program.known(f"{measure} {name}", float(value))
            elif not is_available:
                program.unknown(f"{measure} {name}")
            else:
                program.unknown(f"{measure} {name}", 0.0 if all_hidden else 1.0, measure)
        program.unknown(f"not severe {name}")
        program.unknown(f"below {name}")
        program.total([f"{BANDS[0]} {name}", f"{BANDS[1]} {name}"], f"below {name}")
        program.total([f"{BANDS[2]} {name}", f"{BANDS[3]} {name}"], f"persistently_absent {name}")
        program.total([f"severely_absent {name}", f"not severe {name}"], f"{BANDS[3]} {name}")
        program.total([f"below {name}", f"persistently_absent {name}"], f"pupils {name}")
        dates[name] = str(columns["as_at"][i])
    return dates


def audit_persistent(marts: Mapping[str, MartRows], year: str) -> list[Finding]:
    """Hidden bands of persistent absence, within rows, over schools and over breakdowns of the same date."""
    program = Program()
    dates: dict[str, str] = {}
    for rows in marts.values():
        if rows.contract.kind in ("school_persistent", "authority_persistent"):
            dates.update(_band_rows(program, rows, year))
    sectors = [name for name in dates if name.startswith("sector=") and name != f"sector={ALL}"]
    links = [
        (sector, [name for name in dates if "|" in name and name.endswith("|" + sector.removeprefix("sector="))])
        for sector in sectors
    ]
    links += [(f"sector={ALL}", [n for n in dates if n.startswith(b) and n != f"sector={ALL}"])
              for b in ("sector=", "stage=", "quintile=")]  # fmt: skip
    for whole, parts in links:
        if len({dates.get(name) for name in (whole, *parts)}) == 1:
            for measure in (*BANDS, "persistently_absent", "severely_absent"):
                program.total([f"{measure} {name}" for name in parts], f"{measure} {whole}")
    return program.solve()


def audit(released: Mapping[str, MartRows]) -> list[Finding]:
    """What an attacker with all released tables of one authority can work out; empty where release is safe."""
    years = sorted({year for rows in released.values() for year in rows.columns.get("academic_year", [])})
    found: list[Finding] = []
    for year in years:
        found += audit_attendance(released, year)
        found += audit_persistent(released, year)
    return found
