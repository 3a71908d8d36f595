"""SQL by which DuckDB judges the rows of a feed, made from its contract. One bit of a number stands for one rule.

Columns of the source are called c0, c1, ... so that no name of ours can be taken for one of the file's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, pairwise

from orchestration.contracts import Column, Condition, Contract, Rule
from orchestration.landing.reference import Reference

DAY = r"[1-9]\d{3}-\d\d-\d\d"
MOMENT = DAY + r"T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)"
LOCAL_CODE, NUMBER = r"[\p{L}\p{Nd}]{1,5}", r"\p{Nd}+"
FIRST_MONTH = 8  # of an academic year
GUARDS = {
    "integer": r"[+-]?\d+",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "date": DAY,
    "time": MOMENT,
}
DUCKDB_TYPES = {"integer": "integer", "date": "date", "timestamptz": "timestamptz", "numeric": "decimal(18, 6)"}
ESTABLISHMENTS = "establishments"
INLINE_CODES = 64  # a longer list is a table; a short one is quicker as a CASE
MISSING, WRONG_TYPE, PATTERN, UNKNOWN_CODE = "missing_required", "wrong_type", "pattern", "unknown_code"
DATE_LOGIC, OUT_OF_RANGE, UNKNOWN_ESTABLISHMENT = "date_logic", "out_of_range", "unknown_establishment"


@dataclass(frozen=True)
class Extract:
    """What the rules compare with: whose extract it is, and of when."""

    local_authority_code: str
    extract_date: date
    extracted_at: datetime


@dataclass(frozen=True)
class Problem:
    """One rule that a row can break: its bit, the column and the reason.

    Either ``condition`` says when, or the value must stand in the table ``lookup`` (its column ``known``). Lookups
    are made once per value after the rows are there: a join while they are read loses the order of the file.
    """

    bit: int
    column: str
    reason: str
    condition: str | None = None
    lookup: str | None = None


@dataclass(frozen=True)
class Judgement:
    """The SQL of one file: typed values, flags (kept for warnings), problems, and lists that are needed as tables."""

    values: tuple[tuple[str, str], ...]
    flags: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]
    fields: str
    lists: Mapping[str, tuple[str, ...]]

    def query(self, source: str, extra: str = "", width: int = 0) -> str:
        """Select that judges ``source``: typed columns, flags, ``problems`` and, where there are any, ``fields``.

        ``is_blank`` says that none of the first ``width`` columns of the source holds anything.
        """
        names = [name for name, _ in (*self.values, *self.flags)]
        typed = ", ".join(f"{expression} as {name}" for name, expression in (*self.values, *self.flags))
        # CASE and not a cast of the condition: null means that the rule does not apply
        bits = " + ".join(
            f"case when {problem.condition} then {1 << problem.bit} else 0 end"
            for problem in self.problems
            if problem.condition
        )
        blank = f"coalesce({', '.join(f'c{at}' for at in range(width))}) is null" if width else "false"
        return (
            f"with typed as (select *, {typed} from {source}), "
            f"judged as (select *, ({bits})::ubigint as problems from typed) "
            f"select {extra}{', '.join(names)}, problems, {blank} as is_blank, "
            f"case when problems <> 0 then {self.fields} end as fields from judged"
        )


def judgement(contract: Contract, positions: Mapping[str, int], extract: Extract, reference: Reference) -> Judgement:
    """Make the SQL for a file whose columns stand at ``positions``; a column that is absent is null."""
    bits = count()
    lists: dict[str, tuple[str, ...]] = {}
    values, flags, problems = [], [], []
    for column in contract.collected:
        text = f"c{positions[column.name]}" if column.name in positions else "null::varchar"
        decoded = reference.decoded(column.decoded_by, column.name) if column.decoded_by else {}
        if column.read_as is not None:
            read = column.read_as
            other = f"c{positions[read.column]}" if read.column in positions else "null::varchar"
            condition = f"{text} = {_quoted(read.code)} and {other} = {_quoted(read.value)}"
            flags.append((f"was_read_as_{column.name}", f"case when {condition} then true end"))
            text = f"case when {condition} then {_quoted(read.instead)} else {text} end"
        values.append((column.name, _value(column, text, decoded)))
        if decoded:
            flags.append((f"was_number_{column.name}", f"case when {text} in ({_list(tuple(decoded))}) then true end"))
        for reason, condition in _broken(column, text, extract, reference):
            problems.append(Problem(next(bits), column.name, reason, condition=condition))
        for reason, lookup in _looked_up(column, reference, lists):
            problems.append(Problem(next(bits), column.name, reason, lookup=lookup))
    fields = ", ".join(
        f"{_quoted(column.name)}, c{positions[column.name]}"
        for column in contract.collected
        if column.name in positions
    )
    return Judgement(tuple(values), tuple(flags), tuple(problems), f"json_object({fields})::varchar", lists)


def _value(column: Column, text: str, decoded: Mapping[str, str]) -> str:
    """The typed value; null where the text is not of the type.

    Casts are guarded: DuckDB 2.0.1 pushes a bare TRY_CAST into its CSV reader, which then fails the query.
    """
    if column.type == "boolean":
        return f"case {text} when 'Y' then true when 'N' then false end"
    if column.written_as == "academic_year":
        return f"case when {is_academic_year(text)} then make_date(left({text}, 4)::integer, {FIRST_MONTH}, 1) end"
    if decoded:
        cases = " ".join(f"when {_quoted(number)} then {_quoted(code)}" for number, code in decoded.items())
        text = f"case {text} {cases} else {text} end"
    if column.default is not None:
        text = f"coalesce({text}, {_quoted(column.default)})"
    guard = GUARDS.get(column.type, column.pattern)
    wanted = DUCKDB_TYPES.get(column.postgres_type or "text")
    if wanted is None:
        return text
    if guard is None:
        raise ValueError(f"column {column.name} is stored as {column.postgres_type} and needs a pattern")
    return f"case when regexp_full_match({text}, {_quoted(guard)}) then try_cast({text} as {wanted}) end"


def is_academic_year(text: str) -> str:
    """Condition under which a text is an academic year, such as ``2025/26``."""
    return (
        f"regexp_full_match({text}, '[1-9][0-9]{{3}}/[0-9]{{2}}') "
        f"and (left({text}, 4)::integer + 1) % 100 = right({text}, 2)::integer"
    )


def _looked_up(column: Column, reference: Reference, lists: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Reason and table of every rule by which a value must stand in a table."""
    if column.codes is not None:
        codes = reference.codes(column.codes)
        if len(codes) > INLINE_CODES:
            lists[f"codes_{column.name}"] = codes
            yield UNKNOWN_CODE, f"codes_{column.name}"
    if any(rule.name == "known" for rule in column.rules):
        yield UNKNOWN_ESTABLISHMENT, ESTABLISHMENTS


def _broken(column: Column, text: str, extract: Extract, reference: Reference) -> Iterator[tuple[str, str]]:
    """Reason and condition of every rule of a column; at most the first of them can hold for a column's type."""
    value = column.name
    if column.is_required:
        yield MISSING, f"{text} is null"
    bounded = column.type == "integer" and (column.minimum is not None or column.maximum is not None)
    too_long = f"regexp_full_match({text}, {_quoted(GUARDS['integer'])}) and {value} is null"
    if bounded:  # a number that no integer holds is out of range
        yield WRONG_TYPE, f"not regexp_full_match({text}, {_quoted(GUARDS['integer'])})"
    elif column.type in {"integer", "decimal", "boolean", "date", "time"}:
        yield WRONG_TYPE, f"{text} is not null and {value} is null"
    elif column.codes is not None:
        yield UNKNOWN_CODE, f"{value} is not null and {_unknown_code(column, extract, reference)}"
    elif column.digits is not None:
        yield PATTERN, f"{text} is not null and {value} is null"
    elif column.pattern is not None:
        yield PATTERN, f"{text} is not null and not regexp_full_match({text}, {_quoted(column.pattern)})"
    elif column.max_length is not None:
        yield PATTERN, f"length({text}) > {column.max_length}"
    if column.minimum is not None or column.maximum is not None:
        low = f"{value} < {column.minimum}" if column.minimum is not None else "false"
        high = f"{value} > {column.maximum}" if column.maximum is not None else "false"
        yield OUT_OF_RANGE, f"{low} or {high}" + (f" or {too_long}" if bounded else "")
    for rule in column.rules:
        if rule.name != "known":  # looked up afterwards
            yield _rule(rule, value, text, extract, reference)


def _unknown_code(column: Column, extract: Extract, reference: Reference) -> str:
    assert column.codes is not None
    value = column.name
    codes = reference.codes(column.codes)
    if len(codes) > INLINE_CODES:
        return "false"  # looked up afterwards
    if column.codes.local_seed is None:
        return f"{value} not in ({_list(codes)})"
    taken = codes + reference.local_codes(column.codes, extract.local_authority_code)
    # made of letters and digits, at most five, and no number: then it is kept as an absence of unknown reason
    plausible = (
        f"regexp_full_match({value}, {_quoted(LOCAL_CODE)}) and not regexp_full_match({value}, {_quoted(NUMBER)})"
    )
    return f"case when {value} in ({_list(taken)}) then false else not ({plausible}) end"


def _rule(rule: Rule, value: str, text: str, extract: Extract, reference: Reference) -> tuple[str, str]:
    day = f"date '{extract.extract_date}'"
    if isinstance(rule.argument, Condition):
        other, held = rule.argument.column, _quoted(rule.argument.value)
        if rule.argument.code is None:
            return MISSING, f"{text} is null and {other} = {held}"
        return UNKNOWN_CODE, f"{value} = {_quoted(rule.argument.code)} and {other} <> {held}"
    if rule.name == "required_without":
        return MISSING, f"{text} is null and {rule.argument} is null"
    if rule.name == "in_year_of":
        return DATE_LOGIC, f"{value} < {rule.argument} or {value} >= {rule.argument} + interval 1 year"
    if rule.name == "in_leaver_year_of":
        return DATE_LOGIC, _outside_leaver_year(value, str(rule.argument), reference)
    if rule.name == "not_before":
        return DATE_LOGIC, f"{value} < {rule.argument}"
    if rule.name == "within":
        first, last = reference.academic_years()
        return DATE_LOGIC, f"{value} < date '{first}' or {value} > date '{last}'"
    if rule.name == "age_at_extract":
        youngest, oldest = (int(years) for years in rule.argument)
        return DATE_LOGIC, (
            f"{value} > {day} - interval {youngest} year or {value} <= {day} - interval {oldest + 1} year"
        )
    latest = {
        "extract_date": day,
        "extract_date_plus_one_year": f"{day} + interval 1 year",
        "extracted_at": f"timestamptz '{extract.extracted_at.isoformat()}'",
    }[str(rule.argument)]
    return DATE_LOGIC, f"{value} > {latest}"


def _outside_leaver_year(value: str, year: str, reference: Reference) -> str:
    """Before the census of the year, or not before the next one; of a year without a census nobody can say."""
    cases = []
    censuses = sorted(reference.censuses().items())
    for (first, census), (_, following) in pairwise(censuses):
        cases.append(f"when date '{first}' then {value} < date '{census}' or {value} >= date '{following}'")
    return f"case {year} {' '.join(cases)} else false end"


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(map(_quoted, values)) or "null"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
