"""An attacker with a linear program: what can be worked out about hidden figures from all that is released.

In: released tables alone (and the marts' contracts). For tests and for a look before a first release.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from orchestration.release.protection.grid import GROUP_OF_QUINTILE, REST
from orchestration.release.protection.patterns import ALL
from orchestration.release.protection.program import OF_A_TIME, Finding, Program, put, rows_of
from orchestration.release.tables.contracts import TIME_KEYS
from orchestration.release.tables.rows import MartRows


def _schools(program: Program, rows: MartRows, year: str, measure: str) -> dict[tuple[str, str], dict[str, str]]:
    """Cells of one school mart into the program. Out: names by (sector, category), by school."""
    contract = rows.contract
    kind = contract.breakdown[0] if contract.breakdown else "total"
    of_year = rows_of(rows, year)
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
            put(program, name, rows, i, measure, 0.0 if all_hidden else 1.0)
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
    for i in rows_of(rows, year):
        sector = str(rows.columns["sector"][i])
        put(program, f"{measure} sector {sector}", rows, i, measure, 1.0)
        if sector != ALL:
            sectors.append(sector)
    program.total([f"{measure} sector {s}" for s in sectors], f"{measure} sector {ALL}", measure == "pupils")


def _grid(program: Program, rows: MartRows, year: str) -> dict[tuple[str, str, str], list[str]]:
    """Openings of the grid's cells, month by month. Out: names by sector, stage and quintile."""
    found: dict[tuple[str, str, str], list[str]] = {}
    columns = rows.columns
    for i in rows_of(rows, year):
        cell = (str(columns["sector"][i]), str(columns["stage"][i]), str(columns["simd_quintile"][i]))
        if cell[0] == ALL:
            continue
        name = f"openings grid {'|'.join(cell)} {columns['month'][i]}"
        put(program, name, rows, i, "openings_possible", 0.0)
        found.setdefault(cell, []).append(name)
    return found


def _sector_cells(
    program: Program,
    marts: Mapping[str, MartRows],
    year: str,
    measure: str,
    kind: str,
    schools: Mapping[tuple[str, str], Mapping[str, str]],
) -> None:
    """The authority's cells by the same category (sex): what the schools' cells add up to, and parts of totals."""
    for rows in marts.values():
        if rows.contract.kind != "authority" or rows.contract.breakdown != (kind,):
            continue
        names: dict[tuple[str, str], str] = {}
        positions = rows_of(rows, year)
        partly_shown = {str(rows.columns["sector"][i]) for i in positions if rows.columns[measure][i] is not None}
        for i in positions:
            cell = (str(rows.columns["sector"][i]), str(rows.columns[kind][i]))
            names[cell] = f"{measure} {kind} sector {cell[0]}|{cell[1]}"
            put(program, names[cell], rows, i, measure, 1.0 if cell[0] in partly_shown else 0.0)
            program.total(schools.get(cell, {}).values(), names[cell], measure == "pupils")
        for sector in {cell[0] for cell in names}:
            program.total([name for cell, name in names.items() if cell[0] == sector], f"{measure} sector {sector}")
        for category in {cell[1] for cell in names}:
            parts = [name for cell, name in names.items() if cell[1] == category and cell[0] != ALL]
            program.total(parts, names.get((ALL, category), ""), measure == "pupils")


def _times(program: Program, marts: Mapping[str, MartRows], year: str, measure: str) -> None:
    """Months, weeks and half days of the week of schools and sectors: parts of their totals, and of one another."""
    for rows in marts.values():
        contract = rows.contract
        cut = [key for key in TIME_KEYS if key in contract.keys]
        if contract.kind not in ("school", "authority") or contract.breakdown or not cut:
            continue
        by_place: dict[str, list[tuple[str, int]]] = {}
        for i in rows_of(rows, year):
            time = " ".join(str(rows.columns[key][i]) for key in cut)
            sector = str(rows.columns["sector"][i])
            place = f"{rows.columns['seed_code'][i]}|{sector}" if contract.kind == "school" else f"sector {sector}"
            by_place.setdefault(place, []).append((time, i))
        for place, times in by_place.items():
            all_hidden = all(rows.columns[measure][i] is None for _, i in times)
            whole = f"{measure} {place}" if contract.kind == "authority" else f"{measure} total {place}|{ALL}"
            names = [f"{measure} {cut[0]} {place}|{time}" for time, _ in times]
            for name, (_, i) in zip(names, times, strict=True):
                put(program, name, rows, i, measure, 0.0 if all_hidden else 1.0, OF_A_TIME)
                program.within([name], whole)
            if measure != "pupils":
                program.total(names, whole)
    _link_times(program, measure)


def _link_times(program: Program, measure: str) -> None:
    """Schools add up to their sector at each time, sectors to all; weeks within a month to its openings or to fewer."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for name in list(program.bounds):
        for cut in ("month", "week", "weekday"):
            if name.startswith(f"{measure} {cut} "):
                place, _, time = name.removeprefix(f"{measure} {cut} ").rpartition("|")
                found.setdefault((cut, time), {})[place] = name
    for (cut, time), places in found.items():
        sectors = [place for place in places if place.startswith("sector ") and place != f"sector {ALL}"]
        for sector in sectors:
            parts = [places[place] for place in places if place.endswith("|" + sector.removeprefix("sector "))]
            program.total(parts, places[sector], measure == "pupils")
        if f"sector {ALL}" in places:
            program.total([places[sector] for sector in sectors], places[f"sector {ALL}"], measure == "pupils")
        if cut != "month" or measure == "pupils":
            continue
        first = date.fromisoformat(time)
        inside = [
            names
            for (other, monday), names in found.items()
            if other == "week"
            and (day := date.fromisoformat(monday)) >= first
            and (day + timedelta(days=6)).replace(day=1) == first
        ]
        for place, name in places.items():
            program.within([names[place] for names in inside if place in names], name)


def _with_pupils(rows: MartRows) -> MartRows:
    """Exact rows with all pupils who have an opening in a row, for the number of them that readers see."""
    marked = rows.columns.get("behind_marked")
    return rows if marked is None else MartRows(rows.contract, {**rows.columns, "pupils": marked})


def attendance_program(marts: Mapping[str, MartRows], year: str, *, with_pupils: bool = False) -> Program:
    """Openings of the attendance marts, all linked; of exact rows also the pupils marked in each (``with_pupils``)."""
    program = Program()
    if with_pupils:
        marts = {name: _with_pupils(rows) for name, rows in marts.items()}
    schools = [
        rows
        for rows in marts.values()
        if rows.contract.kind == "school" and not set(TIME_KEYS) & set(rows.contract.keys)
    ]
    schools.sort(key=lambda rows: len(rows.contract.breakdown))
    cells: dict[str, dict[tuple[str, str], dict[str, str]]] = {}
    for measure in ("pupils", "openings_possible") if with_pupils else ("openings_possible",):
        _authority(program, marts, year, measure)
        for rows in schools:
            kind = rows.contract.breakdown[0] if rows.contract.breakdown else "total"
            found = _schools(program, rows, year, measure)
            if measure == "openings_possible":
                cells[kind] = found
            if kind == "total":
                for (sector, _), names in found.items():
                    program.total(names.values(), f"{measure} sector {sector}", measure == "pupils")
            _sector_cells(program, marts, year, measure, kind, found)
        _times(program, marts, year, measure)
    grid = marts.get("attendance_by_authority_stage_simd_quintile_month")
    if grid is not None:
        _link_grid(program, _grid(program, grid, year), cells)
    return program


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


def programs(released: Mapping[str, MartRows]) -> Iterator[tuple[str, Program]]:
    """What readers know of each year, as linear programs, with the year."""
    for year in sorted({year for rows in released.values() for year in rows.columns.get("academic_year", [])}):
        yield year, attendance_program(released, year)


def with_zeros(program: Program, year: str, truth: Mapping[tuple[str, str], float]) -> Program:
    """The same where a hidden figure that has become zero may be zero: what was hidden once stays so (RULES 34)."""
    for name in program.hidden:
        if truth.get((year, name)) == 0:
            program.bounds[name] = (0.0, program.bounds[name][1])
    return program


def audit(released: Mapping[str, MartRows], truth: Mapping[tuple[str, str], float] | None = None) -> list[Finding]:
    """What an attacker with all released tables of one authority can work out; empty where release is safe.

    ``truth`` has the figures behind by year and name: a hidden one that has become zero is not taken for one at least.
    """
    return [
        finding for year, program in programs(released) for finding in with_zeros(program, year, truth or {}).solve()
    ]
