"""Whether the parts of a declaration fit each other: every name that is used is declared, and says one thing."""

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.contracts.document import Problem
from orchestration.meant import hint
from orchestration.release.declared.keys import OF_KIND

Found = Mapping[str, Any]
SUMS = ("count", "part", "half_days")
"""Kinds that a ratio may be of."""


def disagreements(found: Found, subject: str) -> Iterator[Problem]:
    """What does not fit, each with its place. The form has been checked before."""
    if found["subject"] != subject:
        yield Problem(("subject",), f"is {found['subject']}, and the file lies in the folder {subject}")
    yield from _places(found)
    yield from _dimensions(found)
    yield from _populations(found)
    for name, mart in found["marts"].items():
        yield from _mart(found, name, mart)
    for name, other in (found.get("links") or {}).items():
        if name not in found["marts"]:
            yield Problem(("links", name), f"is no mart of this subject; {hint(name, found['marts'])}")
        elif not _counts_persons(found, name):
            yield Problem(("links", name), "counts no persons, and tells of none, so nothing of it can be linked")
        if other in found["marts"]:
            yield Problem(("links", name), f"is {other}, which is of this subject and judged with it anyway")


def _counts_persons(found: Found, mart: str) -> bool:
    """Whether a mart has a measure that counts persons, or measures that nearly tell a population."""
    measures = found["marts"][mart]["measures"]
    told = {
        name for one in found["populations"].values() for said in one.get("told_by") or () for name in said["measures"]
    }
    return bool(told & measures.keys()) or any(one["kind"] == "count" for one in measures.values())


def columns_of(found: Found) -> dict[str, str]:
    """The dimension of each column that a mart may be by."""
    return {
        column: name
        for name, one in (found.get("dimensions") or {}).items()
        for column in (one["column"], *(one.get("levels") or {}))
    }


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _places(found: Found) -> Iterator[Problem]:
    places = found["places"]
    for name in _twice([place["name"] for place in places]):
        yield Problem(("places",), f"has two places of the name {name}")
    for at, place in enumerate(places):
        if at and not set(place["columns"]) <= set(places[at - 1]["columns"]):
            yield Problem(("places", at, "columns"), "has a column that the finer place before it has not")
    if places[0].get("listed_in") is None:
        yield Problem(("places", 0, "listed_in"), "is missing: the mart whose rows are the list of these places")
    elif places[0]["listed_in"] not in found["marts"]:
        yield Problem(
            ("places", 0, "listed_in"), f"is {places[0]['listed_in']}; {hint(places[0]['listed_in'], found['marts'])}"
        )
    else:
        mart = found["marts"][places[0]["listed_in"]]
        if mart["place"] != places[0]["name"] or mart.get("by"):
            yield Problem(("places", 0, "listed_in"), "has to be a mart with one row for each of these places")


def _dimensions(found: Found) -> Iterator[Problem]:
    known = {column for place in found["places"] for column in place["columns"]}
    dimensions = found.get("dimensions") or {}
    every = [*known, *(c for one in dimensions.values() for c in (one["column"], *(one.get("levels") or {})))]
    for name in _twice(every):
        yield Problem(("dimensions",), f"has the column {name} twice, or as that of a place")
    for name, one in dimensions.items():
        here = ("dimensions", name)
        if one["kind"] == "cut":
            for key in ("values", "levels", "within", "not_asked", "of_few_places"):
                if key in one:
                    yield Problem((*here, key), "says nothing of a cut, under whose rows the same persons stand")
            continue
        values = one.get("values")
        if not values:
            yield Problem((*here, "values"), "is missing: the fixed list of values, known to readers beforehand")
            continue
        for value in _twice(values):
            yield Problem((*here, "values"), f"has {value} twice")
        named = [*values, *(group for groups in (one.get("levels") or {}).values() for group in groups)]
        for value in sorted(set(one.get("not_asked") or ()) - set(named)):
            yield Problem((*here, "not_asked"), f"has {value}; {hint(value, named)}")
        for value in sorted(set(one.get("of_few_places") or ()) - set(values)):
            yield Problem((*here, "of_few_places"), f"has {value}; {hint(value, values)}")
        for level, groups in (one.get("levels") or {}).items():
            grouped = [value for members in groups.values() for value in members]
            for value in sorted(set(grouped) - set(values)):
                yield Problem((*here, "levels", level), f"has {value}; {hint(value, values)}")
            for value in [*_twice(grouped), *sorted(set(values) - set(grouped))]:
                yield Problem((*here, "levels", level), f"has to have {value} in one group, and in one only")
        for at, within in enumerate(one.get("within") or ()):
            yield from _within(found, (*here, "within", at), within, values)


def _within(found: Found, here: tuple[Any, ...], within: Found, values: list[str]) -> Iterator[Problem]:
    places = [place["columns"][0] for place in found["places"] if len(place["columns"]) == 1]
    columns = columns_of(found)
    column = within["column"]
    if column not in places and column not in columns:
        yield Problem((*here, "column"), f"is {column}; {hint(column, [*places, *columns])}")
    elif column in columns:
        other = found["dimensions"][columns[column]]
        beside = other.get("values") or ()
        if column != other["column"]:
            beside = (other.get("levels") or {}).get(column) or ()
        for value in sorted(set(within["values"]) - set(beside)):
            yield Problem((*here, "values", value), f"is no value of {column}; {hint(value, beside)}")
        for value in sorted(set(beside) - set(within["values"])):
            yield Problem((*here, "values"), f"does not say which values stand beside {column} {value}")
    for beside, listed in within["values"].items():
        for value in sorted(set(listed) - set(values)):
            yield Problem((*here, "values", beside), f"has {value}; {hint(value, values)}")


def _populations(found: Found) -> Iterator[Problem]:
    dimensions = found.get("dimensions") or {}
    for name, one in found["populations"].items():
        here = ("populations", name)
        for dimension in one["dimensions"]:
            if dimension not in dimensions:
                yield Problem((*here, "dimensions"), f"has {dimension}; {hint(dimension, dimensions)}")
            elif dimensions[dimension]["kind"] == "cut":
                yield Problem((*here, "dimensions"), f"has the cut {dimension}, which tells no persons apart")
        for at, told in enumerate(one.get("told_by") or ()):
            yield from _told(found, name, (*here, "told_by", at), told)
        if (one["cadence"]["shown"] == "at_dates") != ("dates" in one["cadence"]):
            yield Problem((*here, "cadence"), "says dates where it is shown at_dates, and only there")


def _told(found: Found, population: str, here: tuple[Any, ...], told: Found) -> Iterator[Problem]:
    """Parts of other populations' marts, by columns that this population has, tell a group of one more column."""
    columns = {c: d for c, d in columns_of(found).items() if d in found["populations"][population]["dimensions"]}
    if told["column"] not in columns:
        yield Problem((*here, "column"), f"is {told['column']}; {hint(told['column'], columns)}")
        return
    dimension = found["dimensions"][columns[told["column"]]]
    known = dimension.get("values") or ()
    if told["column"] != dimension["column"]:
        known = (dimension.get("levels") or {}).get(told["column"]) or ()
    if told["value"] not in known:
        yield Problem((*here, "value"), f"is {told['value']}; {hint(told['value'], known)}")
    shown = {name: mart for name, mart in found["marts"].items() if mart["population"] != population}
    parts = {m: name for name, mart in shown.items() for m, one in mart["measures"].items() if one["kind"] == "part"}
    for measure in told["measures"]:
        if measure not in parts:
            yield Problem((*here, "measures"), f"has {measure}; {hint(measure, parts)}")
    for name, mart in shown.items():
        if not set(told["measures"]) & mart["measures"].keys():
            continue
        for column in mart.get("by") or ():
            if column not in columns or columns[column] == columns[told["column"]]:
                yield Problem(
                    (*here, "measures"), f"are shown in {name} by {column}, which does not tell {population} apart"
                )


def _mart(found: Found, name: str, mart: Found) -> Iterator[Problem]:
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
    for dimension in _twice(by):
        yield Problem((*here, "by"), f"has two columns of the dimension {dimension}")
    shown = [*mart["measures"], *(mart.get("stamps") or ()), *(mart.get("inside") or ()), *(mart.get("by") or ())]
    for column in _twice(shown):
        yield Problem(here, f"names the column {column} twice")
    for measure, one in mart["measures"].items():
        yield from _measure(found, (*here, "measures", measure), mart, by, one)


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
    population = found["populations"][mart["population"]]
    if one["kind"] in ("part", "band") and "of" in one and "values" in one:
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
    if one["kind"] == "banded" and "share" in one:
        yield from _banded(here, mart, one)
    if one["kind"] == "gap":
        yield from _gap(found, here, mart, one)
    if one["kind"] == "half_days" and one.get("column") not in (population.get("amounts") or ()):
        yield Problem(
            (*here, "column"), f"is {one.get('column')}; {hint(one.get('column'), population.get('amounts') or ())}"
        )
    if one["kind"] == "ratio" and "numerator" in one and "denominator" in one:
        sums = [name for name, other in mart["measures"].items() if other["kind"] in SUMS]
        if one["numerator"] not in sums:
            yield Problem((*here, "numerator"), f"is {one['numerator']}; {hint(one['numerator'], sums)}")
        known = [*sums, *(mart.get("stamps") or ())]
        if one["denominator"] not in known:
            yield Problem((*here, "denominator"), f"is {one['denominator']}; {hint(one['denominator'], known)}")


def _banded(here: tuple[Any, ...], mart: Found, one: Found) -> Iterator[Problem]:
    """A band is of a share of the same row, and hidden with it."""
    shares = {name: other.get("hidden_with", name) for name, other in mart["measures"].items() if "numerator" in other}
    if one["share"] not in shares:
        yield Problem((*here, "share"), f"is {one['share']}; {hint(one['share'], shares)}")
    elif one.get("hidden_with") != shares[one["share"]]:
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
