"""A subject's ``release.yml``, read strictly: form, then whether its parts fit each other (RULES 41)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.contracts.document import Document, DocumentError, read_document, shown
from orchestration.release.declared.agreement import disagreements
from orchestration.release.declared.declaration import (
    Cadence,
    Declaration,
    DeclarationError,
    DimensionOf,
    Either,
    Gap,
    Mart,
    Measure,
    Place,
    Population,
    Told,
)
from orchestration.release.declared.keys import RELEASE


def read_declaration(path: Path) -> Declaration:
    """Read a ``release.yml``. Raises ``DeclarationError`` naming each mistake with its line."""
    where = f"{path.parent.name}/{path.name}"
    try:
        document = read_document(path)
    except DocumentError as error:
        raise DeclarationError(f"{where} cannot be used: {error}") from None
    if found := mistakes(document, path.parent.name):
        raise DeclarationError("\n  ".join([f"{where} is not a declaration that release understands:", *found]))
    return declaration_of(document.value)


def mistakes(document: Document, subject: str) -> list[str]:
    """A line for each mistake in a subject's declaration, in the order of the file."""
    problems = [*document.problems, *RELEASE.problems(document.value, ())]
    if not problems:
        problems = list(disagreements(document.value, subject))
    lines = sorted((document.line(p.place), f"{shown(p.place)} {p.says}") for p in problems)
    return [f"line {line}: {said}" for line, said in lines]


def declaration_of(found: Mapping[str, Any]) -> Declaration:
    """A declaration out of a document whose form is right and whose parts fit."""
    return Declaration(
        found["subject"],
        tuple(_place(one) for one in found["places"]),
        {name: _dimension(name, one) for name, one in (found.get("dimensions") or {}).items()},
        {name: _population(name, one) for name, one in found["populations"].items()},
        {name: _mart(name, one) for name, one in found["marts"].items()},
        dict(found.get("links") or {}),
        bool(found.get("trial", False)),
        {mart: tuple(columns) for mart, columns in (found.get("own_school") or {}).items()},
    )


def _place(found: Mapping[str, Any]) -> Place:
    total = found.get("total") or {}
    return Place(found["name"], tuple(found["columns"]), found.get("listed_in"), total.get("value"), total.get("place"))


def _dimension(name: str, found: Mapping[str, Any]) -> DimensionOf:
    levels = {
        column: {value: group for group, values in groups.items() for value in values}
        for column, groups in (found.get("levels") or {}).items()
    }
    within = {
        one["column"]: {beside: tuple(values) for beside, values in one["values"].items()}
        for one in found.get("within") or ()
    }
    return DimensionOf(
        name,
        found["column"],
        found["kind"] == "cut",
        tuple(found.get("values") or ()),
        levels,
        within,
        frozenset(found.get("not_asked") or ()),
        found["kind"] == "result",
        frozenset(found.get("of_few_places") or ()),
        bool(found.get("nests", False)),
    )


def _population(name: str, found: Mapping[str, Any]) -> Population:
    cadence = found["cadence"]
    return Population(
        name,
        found["rows"],
        found["person"],
        found["period"],
        tuple(found.get("amounts") or ()),
        tuple(found["dimensions"]),
        Cadence(
            cadence["shown"],
            tuple(cadence.get("dates") or ()),
            cadence.get("final_on"),
            int(bool(cadence.get("final_a_year_later"))),
        ),
        found.get("where"),
        found.get("among"),
        bool(found.get("buffer", False)),
        tuple(Told(one["column"], one["value"], tuple(one["measures"])) for one in found.get("told_by") or ()),
        bool(found.get("decides", False)),
        found.get("stock"),
        found.get("changes_of"),
    )


def _mart(name: str, found: Mapping[str, Any]) -> Mart:
    measures = {
        measure: Measure(
            measure,
            one["kind"],
            one.get("hidden_with", measure),
            one.get("symbol")
            or found["measures"].get(one.get("hidden_with"), {}).get("symbol")
            or one.get("hidden_with", measure),
            one.get("population", found["population"]),
            one.get("of"),
            tuple(one.get("values") or ()),
            one.get("column"),
            one.get("numerator"),
            one.get("denominator"),
            one.get("leaves"),
            one.get("share") if one["kind"] in ("banded", "compared") else None,
            Gap(one["share"], one["in_mart"], one["between"], tuple(one["ends"])) if one["kind"] == "gap" else None,
        )
        for measure, one in found["measures"].items()
    }
    return Mart(
        name,
        found["population"],
        found["place"],
        tuple(found.get("by") or ()),
        measures,
        tuple(found.get("stamps") or ()),
        tuple(found.get("inside") or ()),
        bool(found.get("shared", False)),
        dict(found.get("names") or {}),
        Either(found["either"]["column"], found["either"]["value"], found["either"]["are"])
        if found.get("either")
        else None,
        tuple(found.get("behind") or ()),
    )
