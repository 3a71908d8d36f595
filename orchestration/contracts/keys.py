"""Every key that a contract may have, and what may stand under it: to allow another one, name it here.

The Open Data Contract Standard has more keys. Those that only people read are taken; those that promise something that
nothing here keeps (``unique``, ``partitioned``) are refused, so that no contract says more than the warehouse does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from open_data_contract_standard.model import (
    DataQuality,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
)
from pydantic import BaseModel

from orchestration.contracts.document import Place, Problem
from orchestration.contracts.forms import (
    Anything,
    Expression,
    Flag,
    Form,
    Keys,
    Limit,
    ListOf,
    Number,
    OneOf,
    Pairs,
    Text,
)
from orchestration.contracts.model import CHECKED_NUMBERS, DATES_OF_EXTRACT, Kind, Privacy

LOGICAL_TYPES = ("string", "integer", "number", "boolean", "date", "timestamp")
POSTGRES_TYPES = {
    "string": ("text", "integer"),
    "integer": ("integer",),
    "number": ("numeric",),
    "boolean": ("boolean",),
    "date": ("date",),
    "timestamp": ("timestamptz",),
}
"""How a type of the contract may be stored; a number delivered as digits is text with a pattern, kept as integer."""
OWNERS = ("business owner", "technical owner")
NAME = Text(pattern="[a-z][a-z0-9_]*", like="a name of small letters, digits and underscores")
VERSION = Text(pattern=r"\d+\.\d+\.\d+", like="a version of three numbers such as 1.0.0, in quotation marks")
_FOR_PEOPLE: dict[str, Form] = {
    "id": Text(),
    "tags": ListOf(Text()),
    "businessName": Text(),
    "authoritativeDefinitions": Anything(),
}


def _of(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in model.model_fields.items())


_RULES: dict[str, Form] = {
    "not_before": NAME,
    "not_after": Text(DATES_OF_EXTRACT),
    "within": Text(("academic_years",)),
    "age_at_extract": ListOf(Number(at_least=0), at_least=2, at_most=2),
    "known": Text(("establishment",)),
    "required_when": Keys({"column": NAME, "value": Text()}, needed=("column", "value")),
    "required_without": NAME,
    "only_with": Keys({"code": Text(), "column": NAME, "value": Text()}, needed=("code", "column", "value")),
    "in_year_of": NAME,
    "in_leaver_year_of": NAME,
}
_CHECKS: dict[str, Form] = {
    "check_digit": Text(CHECKED_NUMBERS),
    "issued_in_school_age": NAME,
    "not_before": NAME,
    "not_after": Text(DATES_OF_EXTRACT),
}


@dataclass(frozen=True)
class Quality:
    """A rule that rejects the row, or with ``severity: warning`` a check that lets it pass."""

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """What is wrong with the entry, and with the one rule or check that it holds."""
        yield from _QUALITY.problems(value, place)
        if not isinstance(value, dict) or "implementation" not in value:
            return
        place, warns = (*place, "implementation"), value.get("severity") == "warning"
        held, others = (_CHECKS, _RULES) if warns else (_RULES, _CHECKS)
        for problem in OneOf(held).problems(value["implementation"], place):
            if problem.place[-1] in others.keys() - held.keys() and problem.place != place:
                says = f"only rejects: take the severity away, or use {', '.join(held)}"
                says = says if warns else f"only warns: say severity: warning beside it, or use {', '.join(held)}"
                problem = Problem(problem.place, says)
            yield problem


_QUALITY = Keys(
    {
        "type": Text(("custom",)),
        "engine": Text(("warehouse",)),
        "severity": Text(("error", "warning")),
        "implementation": Anything(),
        "description": Text(),
        "name": Text(),
    },
    needed=("type", "engine", "implementation"),
    standard=_of(DataQuality),
)
_CODES = Keys(
    {"seed": NAME, "column": NAME, "except": ListOf(Text()), "local": NAME},
    needed=("seed", "column"),
)
_OF_COLUMN: dict[str, Form] = {
    "collect": Flag(),
    "codes": _CODES,
    "joinedBy": Text(pattern=r"[^\w\s,\"]", like="one sign such as | or +"),
    "decode": NAME,
    "default": Text(),
    "placeholders": NAME,
    "formerly": NAME,
    "writtenAs": Text(("academic_year",)),
    "readAs": Keys(
        {"column": NAME, "value": Text(), "code": Text(), "instead": Text()},
        needed=("column", "value", "code", "instead"),
    ),
}
COLUMN = Keys(
    {
        "name": NAME,
        "description": Text(),
        "logicalType": Text(LOGICAL_TYPES),
        "physicalType": Text(tuple(dict.fromkeys(kind for kinds in POSTGRES_TYPES.values() for kind in kinds))),
        "required": Flag(),
        "primaryKey": Flag(),
        "primaryKeyPosition": Number(at_least=1),
        "classification": Text(get_args(Privacy)),
        "logicalTypeOptions": Keys(
            {"pattern": Expression(), "maxLength": Number(at_least=1), "minimum": Limit(), "maximum": Limit()}
        ),
        "enum": ListOf(
            Keys({"value": Text(), "label": Text(), "description": Text(), **_FOR_PEOPLE}, needed=("value",))
        ),
        "quality": ListOf(Quality()),
        "customProperties": Pairs(_OF_COLUMN),
        "examples": Anything(),
        **_FOR_PEOPLE,
    },
    needed=("name", "description", "logicalType", "classification"),
    standard=_of(SchemaProperty),
)
TABLE = Keys(
    {
        "name": NAME,
        "logicalType": Text(("object",)),
        "physicalType": Text(("table",)),
        "description": Text(),
        "dataGranularityDescription": Text(),
        "properties": ListOf(COLUMN),
        **_FOR_PEOPLE,
    },
    needed=("name", "dataGranularityDescription"),
    standard=_of(SchemaObject),
)
_OF_FEED: dict[str, Form] = {
    "kind": Text(get_args(Kind)),
    "collect": Flag(),
    "authoritativeSource": Text(),
    "updateRule": Text(),
    "yearColumn": NAME,
    "orderColumn": NAME,
    "balance": ListOf(Text()),
    "tooManyRejects": Keys({"rows": Number(at_least=0), "share": Number(is_share=True)}),
    "ceiling": Keys({"rows": Number(at_least=1), "bytes": Number(at_least=1)}),
    "suddenChangeStops": Flag(),
    "ownModels": Flag(),
    "outranks": Keys({"column": NAME, "value": Text()}, needed=("column", "value")),
}
_LEVELS: dict[str, Form] = {
    "frequency": Number(at_least=1),
    "latency": Number(at_least=0),
    "timeOfAvailability": Text(
        pattern="([01][0-9]|2[0-3]):[0-5][0-9]", like="a time such as '07:00', in quotation marks"
    ),
    "required": Flag(),
}
_NEEDED_LEVELS = ("frequency", "latency", "timeOfAvailability")
_MEMBER = Keys(
    {"username": Text(), "name": Text(), "role": Text(OWNERS), "description": Text()}, needed=("username", "role")
)
CONTRACT = Keys(
    {
        "apiVersion": Text(pattern=r"v3\.\d+\.\d+", like="a version 3 of the standard, such as v3.2.0"),
        "kind": Text(("DataContract",)),
        "id": Text(),
        "name": NAME,
        "version": VERSION,
        "status": Text(("proposed", "draft", "active", "deprecated", "retired")),
        "domain": Text(),
        "description": Keys(
            {"purpose": Text(), "usage": Text(), "limitations": Text(), "authoritativeDefinitions": Anything()},
            needed=("purpose", "usage"),
        ),
        "team": Keys({"name": Text(), "description": Text(), "members": ListOf(_MEMBER, 2)}, needed=("members",)),
        "slaProperties": Pairs(_LEVELS, needed=_NEEDED_LEVELS, further={"unit": Text(("d",))}),
        "customProperties": Pairs(_OF_FEED, needed=("kind", "authoritativeSource", "updateRule")),
        "schema": ListOf(TABLE, at_least=1, at_most=1),
        "tenant": Text(),
        "dataProduct": Text(),
        "support": Anything(),
        "contractCreatedTs": Anything(),
        **{key: form for key, form in _FOR_PEOPLE.items() if key != "businessName"},
    },
    needed=(
        "apiVersion",
        "kind",
        "id",
        "name",
        "version",
        "status",
        "description",
        "team",
        "customProperties",
        "schema",
    ),
    standard=_of(OpenDataContractStandard),
)
