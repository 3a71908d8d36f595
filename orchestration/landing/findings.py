"""What a validated file says in numbers: rows by establishment and year, and warnings with counts.

Warnings never stop a row. Rules: check digits from the domain page, "Loads, with a warning" of the extract layouts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from orchestration.landing.outcomes import FileQuarantinedError, Warned
from orchestration.landing.reference import Reference, academic_year
from orchestration.landing.rules import Extract
from orchestration.landing.structure import Structure
from orchestration.landing.validate import DUPLICATE, Validated

SCN_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
SEED_WEIGHTS = (7, 6, 5, 4, 3, 2)
YOUNGEST_ISSUE = 3  # years after birth: candidate numbers are given at the earliest in nursery
SHOWN_CODES = 10
LOCAL_TIME = ZoneInfo("Europe/London")
SEED_CODE = re.compile(r"[0-9]{7}")


@dataclass(frozen=True)
class EstablishmentRows:
    """Records of one establishment (0: none that can be read) by what becomes of them."""

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0


@dataclass(frozen=True)
class Year:
    """Accepted rows of one academic year."""

    academic_year: str
    row_count: int
    first_date: date | None
    last_date: date | None


def rows_by_establishment(validated: Validated) -> dict[int, EstablishmentRows]:
    """Records by SEED code, 0 where it is absent or malformed; one entry under 0 for feeds without one."""
    seed = "coalesce(seed_code, 0)" if validated.contract.has_establishment else "0"
    rows = validated.staging.run(
        f"select {seed}, count(*), count(*) filter (problems = 0), count(*) filter (problems = {DUPLICATE}) "
        "from rows group by 1"
    )
    return {code: EstablishmentRows(n, good, n - good - lost, lost) for code, n, good, lost in rows}


def check_announced(
    validated: Validated,
    found: Mapping[int, EstablishmentRows],
    announced: Mapping[str, int] | None,
    known: frozenset[int],
) -> None:
    """Compare rows by establishment with the manifest. Raises FileQuarantinedError (``count_mismatch``).

    Rows whose SEED code cannot be read or is not known may be among those that the manifest counts elsewhere; those
    that can be read have to be counted somewhere.
    """
    contract = validated.contract
    if announced is None or not contract.has_establishment:
        return
    if not any(rule.name == "known" for rule in contract.column("seed_code").rules):
        known |= found.keys()  # the feed that makes establishments known
    expected = {int(code): rows for code, rows in announced.items() if SEED_CODE.fullmatch(code) and int(code)}
    differences = {
        code: found.get(code, EstablishmentRows()).rows - expected.get(code, 0)
        for code in sorted(expected.keys() | found.keys())
        if code
    }
    surplus = [code for code, difference in differences.items() if difference > 0 and code in known]
    strange = sum(max(difference, 0) for code, difference in differences.items() if code not in known)
    elsewhere = sum(announced.values()) - sum(expected.values())
    elsewhere -= min(elsewhere, validated.counts.blank)  # blank records may be counted, under no school
    unreadable = found.get(0, EstablishmentRows()).rows - elsewhere
    short = sum(max(-difference, 0) for difference in differences.values())
    if not surplus and strange <= short <= strange + unreadable:
        return
    differing = surplus + [code for code, difference in differences.items() if difference and code not in surplus]
    others = f", and {len(differing) - 1} more establishments differ" if len(differing) > 1 else ""
    text = "the manifest counts more rows under what is no SEED code than the file has"
    if differing:
        code = differing[0]
        text = (
            f"establishment {code:07d} has {expected.get(code, 0) + differences[code]} rows in the file and "
            f"{expected.get(code, 0)} in the manifest{others}"
        )
    raise FileQuarantinedError("count_mismatch", f"{text}. Export file and manifest together, under a new sequence.")


def years(validated: Validated, extract: Extract) -> tuple[Year, ...]:
    """Academic years that the accepted rows touch; of a snapshot always the one it speaks of."""
    column = validated.contract.year_column
    found: dict[str, Year] = {}
    if column is not None:
        rows = validated.staging.run(
            f"select year({column} + interval 5 month) - 1, count(*), min({column}), max({column}) "
            f"from rows where problems = 0 group by 1"
        )
        for first, row_count, first_date, last_date in rows:
            name = academic_year(date(first, 8, 1))
            found[name] = Year(name, row_count, first_date, last_date)
    if validated.contract.kind == "snapshot":
        name = academic_year(extract.extracted_at.astimezone(LOCAL_TIME).date())
        found.setdefault(name, Year(name, 0 if column else validated.counts.accepted, None, None))
    return tuple(found[name] for name in sorted(found))


def file_warnings(
    validated: Validated, structure: Structure, extract: Extract, reference: Reference
) -> tuple[Warned, ...]:
    """Warnings of a whole file: its form, and those of its rows."""
    warned = []
    if structure.has_byte_order_mark:
        warned.append(Warned("byte_order_mark"))
    if structure.has_crlf:
        warned.append(Warned("crlf"))
    if validated.counts.blank:
        example = validated.staging.run("select min(rowid) + 1 from staged where is_blank")[0][0]
        warned.append(Warned("blank_records", row_count=validated.counts.blank, example_row=example))
    if not validated.counts.rows:
        warned.append(Warned("header_only"))
    return (*warned, *row_warnings(validated, extract, reference))


def row_warnings(validated: Validated, extract: Extract, reference: Reference) -> tuple[Warned, ...]:
    """Warnings of accepted rows: check digits, numbers instead of codes, codes without a mapping."""
    warned: list[Warned] = []
    year_ends = int(academic_year(extract.extract_date)[:4]) + 1
    present = {name for name, _ in validated.judged.values}
    for column in validated.contract.collected:
        nobodys = reference.placeholders(column, extract.local_authority_code)
        is_nobodys = f"{column.name} in ({', '.join(map(str, sorted(nobodys)))})" if nobodys else "false"
        if nobodys:
            warned += _count(validated, "placeholder_scn", column.name, is_nobodys)
        for check in column.checks:
            if check.name == "check_digit":
                condition = scn_check(column.name) if check.argument == "scn" else seed_check(column.name)
                condition = f"{condition} and not {is_nobodys}"
                warned += _count(validated, f"{check.argument}_check_digit", column.name, condition)
            elif check.name == "issued_in_school_age" and check.argument in present:
                issued = f"(2000 + {column.name} // 10000000)"
                condition = f"{issued} < year({check.argument}) + {YOUNGEST_ISSUE} or {issued} > {year_ends}"
                condition = f"({condition}) and not {is_nobodys}"
                warned += _count(validated, "scn_year", column.name, condition, by=f"{column.name}, {check.argument}")
            elif check.name == "not_before" and check.argument in present:
                condition = f"{column.name} < {check.argument}"
                kind = f"{column.name}_before_{check.argument}"
                warned += _count(validated, kind, column.name, condition, by=f"{column.name}, {check.argument}")
            elif check.name == "not_after":
                condition = f"{column.name} > timestamptz '{extract.extracted_at.isoformat()}'"
                warned += _count(validated, f"{column.name}_after_{check.argument}", column.name, condition)
        if column.decoded_by is not None:
            warned += _count(validated, "scotxed_code", column.name, f"was_number_{column.name}")
        if column.read_as is not None:
            warned += _count(
                validated, f"{column.name}_read_as_{column.read_as.instead}", column.name, f"was_read_as_{column.name}"
            )
        if column.codes is not None and column.codes.local_seed is not None:
            taken = reference.codes(column.codes)
            taken += reference.local_codes(column.codes, extract.local_authority_code)
            warned += _unmapped(validated, column.name, taken)
    return tuple(warned)


def _count(validated: Validated, kind: str, column: str, condition: str, by: str | None = None) -> list[Warned]:
    """Judge each value once: there are a thousand times fewer of them than rows."""
    keys = by or (column if not condition.startswith("was_") else condition)
    rows, example = validated.staging.run(
        f"select coalesce(sum(n), 0)::bigint, min(example) from (select {keys}, count(*) as n, "
        f"min(row_number) as example from rows where problems = 0 group by {keys}) where {condition}"
    )[0]
    return [Warned(kind, column, rows, example)] if rows else []


def _unmapped(validated: Validated, column: str, taken: tuple[str, ...]) -> list[Warned]:
    rows = validated.staging.run(
        f"select {column}, count(*), min(row_number) from rows where problems = 0 group by 1 order by 2 desc, 1"
    )
    unknown = [row for row in rows if row[0] not in taken]
    if not unknown:
        return []
    shown = listed([code for code, _, _ in unknown])
    total = sum(row_count for _, row_count, _ in unknown)
    return [Warned("unmapped_code", column, total, min(example for _, _, example in unknown), shown)]


def listed(codes: Sequence[str]) -> str:
    """Codes without a mapping as a warning shows them, the first ones of many."""
    return ", ".join(codes[:SHOWN_CODES]) + (", ..." if len(codes) > SHOWN_CODES else "")


def joined(*shown: str | None) -> str | None:
    """Several such lists as one, each code once."""
    codes = [code for part in shown if part for code in part.split(", ")]
    return listed(sorted(dict.fromkeys(codes), key=lambda code: code == "...")) if codes else None


def scn_check(column: str) -> str:
    """Condition under which the ninth digit of a candidate number does not follow from the other eight."""
    digits = _weighted(column, SCN_WEIGHTS, 9)
    return f"(11 - ({digits}) % 11) % 11 <> {column} % 10"


def seed_check(column: str) -> str:
    """Condition under which the seventh digit of a SEED code does not follow from the other six; 10 is written 0."""
    digits = _weighted(column, SEED_WEIGHTS, 7)
    return f"((11 - ({digits}) % 11) % 11) % 10 <> {column} % 10"


def _weighted(column: str, weights: tuple[int, ...], length: int) -> str:
    return " + ".join(
        f"{weight} * ({column} // {10 ** (length - place)} % 10)" for place, weight in enumerate(weights, start=1)
    )
