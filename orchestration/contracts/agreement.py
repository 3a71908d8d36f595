"""Whether the parts of a contract fit each other and the seeds: columns, keys, types and codes that are named exist."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.contracts.document import Place, Problem
from orchestration.contracts.keys import OWNERS, POSTGRES_TYPES
from orchestration.meant import hint, meant

COLUMNS: Place = ("schema", 0, "properties")
OF_NAMED_COLUMNS = ("not_before", "issued_in_school_age", "required_without", "in_year_of", "in_leaver_year_of")
"""Rules and checks whose argument is another column."""
OF_VALUES = ("required_when", "only_with")
"""Rules whose argument names another column and a value of it."""
OF_DAYS = ("not_after", "in_year_of", "in_leaver_year_of")
"""Rules of days and times."""


def disagreements(contract: dict[str, Any], feed: str, seeds: Path) -> Iterator[Problem]:
    """What does not fit in a contract whose form is right. ``feed`` is the name of its file."""
    own = _own(contract)
    table = contract["schema"][0]
    columns = table.get("properties") or []
    named: dict[Place, str] = {("name",): contract["name"], ("schema", 0, "name"): table["name"]}
    for place, name in named.items():
        if name != feed:
            yield Problem(place, f"is {name!r}, and the file is {feed}.yml: name the file after the feed")
    for role in OWNERS:
        if all(member["role"] != role for member in contract["team"]["members"]):
            yield Problem(("team", "members"), f"has no {role}: name who answers for the feed")
    if own.get("collect", True):
        if not contract.get("slaProperties"):
            yield Problem(("slaProperties",), "is missing: when is a delivery of a feed that is collected due?")
        if not columns:
            yield Problem(COLUMNS, "is missing: which columns does the feed have?")
        elif not any(column.get("primaryKey") for column in columns):
            yield Problem(COLUMNS, "has no column with primaryKey: true: what tells two rows of the feed apart?")
    yield from _key_and_order(contract, columns)
    names = [column["name"] for column in columns]
    for at, column in enumerate(columns):
        place = (*COLUMNS, at)
        if column["name"] in names[:at]:
            yield Problem(
                (*place, "name"), f"is {column['name']!r} as in {names.index(column['name'])}: keep one of them"
            )
        yield from _column(column, place, names, seeds)


def _own(holder: dict[str, Any]) -> dict[str, Any]:
    return {entry["property"]: entry["value"] for entry in holder.get("customProperties") or ()}


def _place_of(holder: dict[str, Any], name: str, place: Place = ()) -> Place:
    """Where the value of a custom property stands."""
    entries = holder.get("customProperties") or ()
    at = next(number for number, entry in enumerate(entries) if entry["property"] == name)
    return (*place, "customProperties", at, "value")


def _key_and_order(contract: dict[str, Any], columns: list[dict[str, Any]]) -> Iterator[Problem]:
    required = [column["name"] for column in columns if column.get("required")]
    names = [column["name"] for column in columns]
    own = _own(contract)
    for key in ("yearColumn", "orderColumn"):
        if (name := own.get(key)) is None:
            continue
        if name not in names:
            yield Problem(_place_of(contract, key), f"is {name!r}, which is no column of it; {hint(name, names)}")
        elif name not in required:
            yield Problem(
                _place_of(contract, key), f"is {name!r}, which has to be required; required are {', '.join(required)}"
            )
    if (outranks := own.get("outranks")) is not None:
        place = _place_of(contract, "outranks")
        if own["kind"] != "delta":
            yield Problem(place, "is for a delta: in a snapshot the last row of a key counts")
        elif outranks["column"] not in names:
            said = f"is {outranks['column']!r}, which is no column of it; {hint(outranks['column'], names)}"
            yield Problem((*place, "column"), said)
        else:
            column = columns[names.index(outranks["column"])]
            values = [entry["value"] for entry in column.get("enum") or ()]
            if outranks["value"] not in values:
                said = f"is {outranks['value']!r}, which is no code of {outranks['column']}"
                yield Problem((*place, "value"), f"{said}; {hint(outranks['value'], values)}")
    positions = []
    for at, column in enumerate(columns):
        place = (*COLUMNS, at)
        if not column.get("primaryKey"):
            if "primaryKeyPosition" in column:
                yield Problem((*place, "primaryKeyPosition"), "needs primaryKey: true beside it")
            continue
        if not column.get("required"):
            yield Problem((*place, "required"), "has to be true: the column is part of the key")
        if "primaryKeyPosition" not in column:
            yield Problem((*place, "primaryKeyPosition"), "is missing: which column of the key is it, 1 for the first?")
        else:
            positions.append((column["primaryKeyPosition"], place))
    for position, place in positions:
        if not 1 <= position <= len(positions) or [found for found, _ in positions].count(position) > 1:
            wanted = f"the columns of the key are numbered from 1 to {len(positions)}, each once"
            yield Problem((*place, "primaryKeyPosition"), f"is {position}; {wanted}")


def _column(column: dict[str, Any], place: Place, names: list[str], seeds: Path) -> Iterator[Problem]:
    own = _own(column)
    logical, physical = column["logicalType"], column.get("physicalType")
    options = column.get("logicalTypeOptions") or {}
    if own.get("collect", True):
        allowed = POSTGRES_TYPES[logical]
        if physical is None:
            yield Problem((*place, "physicalType"), f"is missing; known for {logical} are {', '.join(allowed)}")
        elif physical not in allowed:
            yield Problem((*place, "physicalType"), f"is {physical!r}; known for {logical} are {', '.join(allowed)}")
        elif (logical, physical) == ("string", "integer") and not options.get("pattern"):
            said = "is missing: text that is stored as a number needs the pattern of its digits, such as '[0-9]{7}'"
            yield Problem((*place, "logicalTypeOptions", "pattern"), said)
    yield from _options(options, logical, (*place, "logicalTypeOptions"))
    yield from _codes(column, own, place, names, seeds)
    yield from _read(column, own, place, names)
    for at, quality in enumerate(column.get("quality") or ()):
        for rule, argument in quality["implementation"].items():
            where = (*place, "quality", at, "implementation", rule)
            if rule in OF_NAMED_COLUMNS and argument not in names:
                yield Problem(where, f"is {argument!r}, which is no column of it; {hint(argument, names)}")
            if rule in OF_NAMED_COLUMNS and argument == column["name"]:
                yield Problem(where, f"is {argument!r}, the column itself: name another one")
            if rule == "age_at_extract" and argument[0] > argument[1]:
                yield Problem(where, f"is {argument}: the younger age comes first")
            if rule in OF_VALUES:
                yield from _other(argument["column"], column, (*where, "column"), names)
            if rule == "only_with":
                yield from _code(argument["code"], column, (*where, "code"))
            if rule in OF_DAYS and logical not in ("date", "timestamp"):
                yield Problem(where, f"is for a date or timestamp, and the column is a {logical}")


def _other(name: str, column: dict[str, Any], where: Place, names: list[str]) -> Iterator[Problem]:
    """Whether a name is that of another column."""
    if name not in names:
        yield Problem(where, f"is {name!r}, which is no column of it; {hint(name, names)}")
    elif name == column["name"]:
        yield Problem(where, f"is {name!r}, the column itself: name another one")


def _code(code: str, column: dict[str, Any], where: Place) -> Iterator[Problem]:
    """Whether a code is one of the column's own list."""
    values = [entry["value"] for entry in column.get("enum") or ()]
    if code not in values:
        yield Problem(where, f"is {code!r}; {hint(code, values)}")


def _read(column: dict[str, Any], own: dict[str, Any], place: Place, names: list[str]) -> Iterator[Problem]:
    """Whether what is read as something else, or written in another form, fits the column."""
    if "writtenAs" in own and column["logicalType"] != "date":
        where = _place_of(column, "writtenAs", place)
        yield Problem(where, f"is for a date, and the column is a {column['logicalType']}")
    if "readAs" in own:
        where = _place_of(column, "readAs", place)
        yield from _other(own["readAs"]["column"], column, (*where, "column"), names)
        for key in ("code", "instead"):
            yield from _code(own["readAs"][key], column, (*where, key))


def _options(options: dict[str, Any], logical: str, place: Place) -> Iterator[Problem]:
    of_type = {
        "pattern": ("string",),
        "maxLength": ("string",),
        "minimum": ("integer", "number"),
        "maximum": ("integer", "number"),
    }
    for key in options:
        if logical not in of_type[key]:
            yield Problem((*place, key), f"is for {' or '.join(of_type[key])}, and the column is a {logical}")
    low, high = options.get("minimum"), options.get("maximum")
    if low is not None and high is not None and low > high:
        yield Problem((*place, "minimum"), f"is {low}, above the maximum {high}")


def _codes(
    column: dict[str, Any], own: dict[str, Any], place: Place, names: list[str], seeds: Path
) -> Iterator[Problem]:
    values = [entry["value"] for entry in column.get("enum") or ()]
    for at, value in enumerate(values):
        if value in values[:at]:
            yield Problem((*place, "enum", at, "value"), f"is {value!r} as in {values.index(value)}: keep one of them")
    if values and "codes" in own:
        yield Problem(_place_of(column, "codes", place), "names a seed, and there is an enum: keep one of the two")
    if "joinedBy" in own and not values:
        yield Problem(_place_of(column, "joinedBy", place), "needs an enum: which codes are joined?")
    if values and "default" in own and own["default"] not in values:
        yield Problem(_place_of(column, "default", place), f"is {own['default']!r}; {hint(own['default'], values)}")
    if own.get("formerly") in names:
        yield Problem(_place_of(column, "formerly", place), f"is {own['formerly']!r}, which is a column of it now")
    known = sorted(path.stem for path in seeds.glob("*.csv"))
    named = {"decode": own.get("decode"), "placeholders": own.get("placeholders")}
    for key, seed in named.items():
        if seed is not None and seed not in known:
            yield Problem(
                _place_of(column, key, place), f"is {seed!r}, and there is no seeds/{seed}.csv{meant(seed, known)}"
            )
    codes = own.get("codes") or {}
    for key in ("seed", "local"):
        if codes.get(key) is not None and codes[key] not in known:
            where = (*_place_of(column, "codes", place), key)
            yield Problem(where, f"is {codes[key]!r}, and there is no seeds/{codes[key]}.csv{meant(codes[key], known)}")
    if codes.get("seed") in known:
        header = header_of(seeds / f"{codes['seed']}.csv")
        if codes["column"] not in header:
            where = (*_place_of(column, "codes", place), "column")
            yield Problem(
                where,
                f"is {codes['column']!r}, no column of seeds/{codes['seed']}.csv; {hint(codes['column'], header)}",
            )


def header_of(path: Path) -> list[str]:
    """Columns of a seed."""
    with path.open(encoding="utf-8-sig") as file:
        return file.readline().strip().split(",")
