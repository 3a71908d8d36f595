"""Whether the marts of a declaration fit its places, dimensions and populations."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestration.contracts.document import Problem
from orchestration.meant import hint
from orchestration.release.declared.keys import OF_KIND

Found = Mapping[str, Any]
SUMS = ("count", "part", "half_days")
"""Kinds that a ratio may be of, beside what stays inside."""


def columns_of(found: Found) -> dict[str, str]:
    """The dimension of each column that a mart may be by."""
    return {
        column: name
        for name, one in (found.get("dimensions") or {}).items()
        for column in (one["column"], *(one.get("levels") or {}))
    }


def twice(names: Sequence[str]) -> list[str]:
    """Names that are there more than once."""
    return sorted({name for name in names if names.count(name) > 1})


def mart_disagreements(found: Found, name: str, mart: Found) -> Iterator[Problem]:
    """What does not fit in one mart of a declaration."""
    here = ("marts", name)
    places = [place["name"] for place in found["places"]]
    if mart["population"] not in found["populations"]:
        yield Problem(
            (*here, "population"), f"is {mart['population']}; {hint(mart['population'], found['populations'])}"
        )
        return
    if mart["place"] not in places:
        yield Problem((*here, "place"), f"is {mart['place']}; {hint(mart['place'], places)}")
    columns = columns_of(found)
    population = found["populations"][mart["population"]]
    by: list[str] = []
    for at, column in enumerate(mart.get("by") or ()):
        if column not in columns:
            yield Problem((*here, "by", at), f"is {column}; {hint(column, columns)}")
        elif found["dimensions"][columns[column]]["kind"] == "cut":
            continue
        elif columns[column] not in population["dimensions"]:
            yield Problem((*here, "by", at), f"is of the dimension {columns[column]}, which the population has not")
        else:
            by.append(columns[column])
    for column in mart.get("names") or {}:
        if column not in (mart.get("by") or ()):
            yield Problem((*here, "names", column), f"is no column of by; {hint(column, mart.get('by') or ())}")
    for dimension in twice(by):
        yield Problem((*here, "by"), f"has two columns of the dimension {dimension}")
    if "either" in mart:
        yield from _either(found, here, mart["either"])
    for column in mart.get("behind") or ():
        if column not in (mart.get("inside") or ()):
            yield Problem((*here, "behind"), f"has {column}; {hint(column, mart.get('inside') or ())}")
    shown = [*mart["measures"], *(mart.get("stamps") or ()), *(mart.get("inside") or ())]
    shown += [(mart.get("names") or {}).get(column, column) for column in mart.get("by") or ()]
    for column in twice(shown):
        yield Problem(here, f"names the column {column} twice")
    for measure, one in mart["measures"].items():
        yield from _measure(found, (*here, "measures", measure), mart, by, one)


def _either(found: Found, here: tuple[Any, ...], either: Found) -> Iterator[Problem]:
    places = [place["name"] for place in found["places"] if len(place["columns"]) == 1]
    known = [*places, *columns_of(found)]
    for value, name in either["are"].items():
        if name not in known:
            yield Problem((*here, "either", "are", value), f"is {name}; {hint(name, known)}")


def _measure(found: Found, here: tuple[Any, ...], mart: Found, by: list[str], one: Found) -> Iterator[Problem]:
    needed, allowed = OF_KIND[one["kind"]]
    for key in needed:
        if key not in one:
            yield Problem((*here, key), f"is missing: a measure of the kind {one['kind']} needs it")
    for key in one:
        if key not in ("kind", *needed, *allowed):
            yield Problem((*here, key), f"says nothing of a measure of the kind {one['kind']}")
    with_ = one.get("hidden_with")
    if with_ is not None and ("hidden_with" in mart["measures"].get(with_, {}) or with_ not in mart["measures"]):
        leaders = [name for name, other in mart["measures"].items() if "hidden_with" not in other]
        yield Problem((*here, "hidden_with"), f"is {with_}; {hint(with_, leaders)}")
    if with_ is not None and "symbol" in one:
        yield Problem((*here, "symbol"), f"says nothing where {with_} says it")
    of = one.get("population", mart["population"])
    if of not in found["populations"]:
        yield Problem((*here, "population"), f"is {of}; {hint(of, found['populations'])}")
        return
    population = found["populations"][of]
    if population["period"] != found["populations"][mart["population"]]["period"]:
        yield Problem((*here, "population"), f"is {of}, whose period is not that of the mart")
    if one.get("leaves") is not None and found["populations"].get(one["leaves"], {}).get("among") != of:
        yield Problem((*here, "leaves"), f"is {one['leaves']}, which is no population among {of}")
    for dimension in by:
        if dimension not in population["dimensions"]:
            yield Problem((*here, "population"), f"is {of}, which has not the dimension {dimension} of the mart")
    if one["kind"] == "half_days" and ("of" in one) != ("values" in one):
        yield Problem((*here, "values"), "go with of: the parts of which the half days are")
    if one["kind"] in ("part", "band", "half_days") and "of" in one and "values" in one:
        columns = {c: d for c, d in columns_of(found).items() if d in population["dimensions"] and d not in by}
        if one["of"] not in columns:
            yield Problem((*here, "of"), f"is {one['of']}; {hint(one['of'], columns)}")
            return
        dimension = found["dimensions"][columns[one["of"]]]
        known = list(dimension.get("values") or ())
        if one["of"] != dimension["column"]:
            known = list((dimension.get("levels") or {}).get(one["of"]) or ())
        for value in sorted(set(one["values"]) - set(known)):
            yield Problem((*here, "values"), f"has {value}; {hint(value, known)}")
    if one["kind"] in ("banded", "compared") and "share" in one:
        yield from _banded(here, mart, one)
    if one["kind"] == "gap":
        yield from _gap(found, here, mart, one)
    if one["kind"] == "half_days" and one.get("column") not in (population.get("amounts") or ()):
        yield Problem(
            (*here, "column"), f"is {one.get('column')}; {hint(one.get('column'), population.get('amounts') or ())}"
        )
    if one["kind"] == "ratio" and "numerator" in one:
        sums = [name for name, other in mart["measures"].items() if other["kind"] in SUMS]
        sums += mart.get("inside") or ()
        if one["numerator"] not in sums:
            yield Problem((*here, "numerator"), f"is {one['numerator']}; {hint(one['numerator'], sums)}")
        known = [*sums, *(mart.get("stamps") or ())]
        if "denominator" in one and one["denominator"] not in known:
            yield Problem((*here, "denominator"), f"is {one['denominator']}; {hint(one['denominator'], known)}")


def _banded(here: tuple[Any, ...], mart: Found, one: Found) -> Iterator[Problem]:
    """A band is of a share of the same row, and hidden with it; what is compared with one is hidden where it is."""
    shares = {name: other.get("hidden_with", name) for name, other in mart["measures"].items() if "numerator" in other}
    if one["share"] not in shares:
        yield Problem((*here, "share"), f"is {one['share']}; {hint(one['share'], shares)}")
    elif one["kind"] == "banded" and one.get("hidden_with") != shares[one["share"]]:
        yield Problem((*here, "hidden_with"), f"has to be {shares[one['share']]}, with which {one['share']} is hidden")


def _gap(found: Found, here: tuple[Any, ...], mart: Found, one: Found) -> Iterator[Problem]:
    """A gap is of two rows of a mart of the same persons and places, by one column more, and of a share there."""
    if any(key not in one for key in ("share", "in_mart", "between", "ends")):
        return
    other = found["marts"].get(one["in_mart"])
    if other is None:
        yield Problem((*here, "in_mart"), f"is {one['in_mart']}; {hint(one['in_mart'], found['marts'])}")
        return
    shares = [name for name, measure in other["measures"].items() if measure["kind"] == "ratio"]
    if one["share"] not in shares:
        yield Problem((*here, "share"), f"is {one['share']}; {hint(one['share'], shares)}")
    fits = all(other[key] == mart[key] for key in ("population", "place"))
    if not fits or set(other.get("by") or ()) != {*(mart.get("by") or ()), one["between"]}:
        yield Problem(
            (*here, "in_mart"), f"is {one['in_mart']}, which is not by {one['between']} and else as this mart"
        )
        return
    columns = columns_of(found)
    if one["between"] not in columns:
        yield Problem((*here, "between"), f"is {one['between']}; {hint(one['between'], columns)}")
        return
    dimension = found["dimensions"][columns[one["between"]]]
    known = (
        dimension.get("values") or [] if one["between"] == dimension["column"] else dimension["levels"][one["between"]]
    )
    for value in sorted(set(one["ends"]) - set(known)):
        yield Problem((*here, "ends"), f"has {value}; {hint(value, known)}")
    if len(set(one["ends"])) != 2:
        yield Problem((*here, "ends"), "has to be two values: those that the gap lies between")
