"""Whether the parts of a declaration fit each other: every name that is used is declared, and says one thing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestration.contracts.document import Problem
from orchestration.meant import hint
from orchestration.release.declared.agreement_of_marts import columns_of, mart_disagreements, twice
from orchestration.release.declared.own_school import own_school_disagreements

Found = Mapping[str, Any]


def disagreements(found: Found, subject: str) -> Iterator[Problem]:
    """What does not fit, each with its place. The form has been checked before."""
    if found["subject"] != subject:
        yield Problem(("subject",), f"is {found['subject']}, and the file lies in the folder {subject}")
    yield from _places(found)
    yield from _dimensions(found)
    yield from _populations(found)
    for name, mart in found["marts"].items():
        yield from mart_disagreements(found, name, mart)
    for name, other in (found.get("links") or {}).items():
        if name not in found["marts"]:
            yield Problem(("links", name), f"is no mart of this subject; {hint(name, found['marts'])}")
        elif not _counts_persons(found, name):
            yield Problem(("links", name), "counts no persons, and tells of none, so nothing of it can be linked")
        if other in found["marts"]:
            yield Problem(("links", name), f"is {other}, which is of this subject and judged with it anyway")
    yield from own_school_disagreements(found)


def _counts_persons(found: Found, mart: str) -> bool:
    """Whether a mart has a measure that counts persons, or measures that nearly tell a population."""
    measures = found["marts"][mart]["measures"]
    told = {
        name for one in found["populations"].values() for said in one.get("told_by") or () for name in said["measures"]
    }
    return bool(told & measures.keys()) or any(one["kind"] == "count" for one in measures.values())


def _places(found: Found) -> Iterator[Problem]:
    places = found["places"]
    for name in twice([place["name"] for place in places]):
        yield Problem(("places",), f"has two places of the name {name}")
    for at, place in enumerate(places):
        if at and not set(place["columns"]) <= set(places[at - 1]["columns"]):
            yield Problem(("places", at, "columns"), "has a column that the finer place before it has not")
        if "total" in place:
            yield from _total(places, at, place)
    if places[0].get("listed_in") is None:
        yield Problem(("places", 0, "listed_in"), "is missing: the mart whose rows are the list of these places")
    elif places[0]["listed_in"] not in found["marts"]:
        yield Problem(
            ("places", 0, "listed_in"), f"is {places[0]['listed_in']}; {hint(places[0]['listed_in'], found['marts'])}"
        )
    else:
        mart = found["marts"][places[0]["listed_in"]]
        if mart["place"] != places[0]["name"] or _has_more_rows(found, mart):
            yield Problem(("places", 0, "listed_in"), "has to be a mart with one row for each of these places")


def _has_more_rows(found: Found, mart: Found) -> bool:
    """Whether a mart may have several rows of a place and period: by columns with one value alone it has not."""
    columns, dimensions = columns_of(found), found.get("dimensions") or {}
    values = [dimensions.get(columns.get(column, ""), {}).get("values") or () for column in mart.get("by") or ()]
    return bool(mart.get("either")) or any(len(one) != 1 for one in values)


def _total(places: Sequence[Found], at: int, place: Found) -> Iterator[Problem]:
    coarser = {one["name"]: one for one in places[at + 1 :]}
    name = place["total"]["place"]
    if name not in coarser:
        yield Problem(("places", at, "total", "place"), f"is no place after this one; {hint(name, coarser)}")
    elif list(coarser[name]["columns"]) != list(place["columns"][:-1]):
        yield Problem(("places", at, "total", "place"), "has to have the columns of this place but for the last")


def _dimensions(found: Found) -> Iterator[Problem]:
    known = {column for place in found["places"] for column in place["columns"]}
    dimensions = found.get("dimensions") or {}
    every = [*known, *(c for one in dimensions.values() for c in (one["column"], *(one.get("levels") or {})))]
    for name in twice(every):
        yield Problem(("dimensions",), f"has the column {name} twice, or as that of a place")
    for name, one in dimensions.items():
        here = ("dimensions", name)
        if one["kind"] == "cut":
            for key in ("values", "levels", "within", "not_asked", "of_few_places", "nests"):
                if key in one:
                    yield Problem((*here, key), "says nothing of a cut, under whose rows the same persons stand")
            continue
        values = one.get("values")
        if not values:
            yield Problem((*here, "values"), "is missing: the fixed list of values, known to readers beforehand")
            continue
        for value in twice(values):
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
            for value in [*twice(grouped), *sorted(set(values) - set(grouped))]:
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
    before: list[str] = []
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
        among = one.get("among")
        if among is not None and among not in before:
            yield Problem((*here, "among"), f"is no population before this one; {hint(among, before)}")
        if one.get("decides") and not found.get("trial"):
            yield Problem((*here, "decides"), "is said of a subject on trial alone; all populations of others decide")
        if one.get("decides") and among is not None and not found["populations"].get(among, {}).get("decides"):
            yield Problem((*here, "among"), f"is {among}, which is on trial, and this population decides")
        yield from _moments(found, here, one, before)
        before.append(name)


def _moments(found: Found, here: tuple[Any, ...], one: Found, before: Sequence[str]) -> Iterator[Problem]:
    """A stock is of several populations that can be compared; changes are those of one before, and shown once."""
    if "stock" in one:
        others = [other for other in found["populations"].values() if other.get("stock") == one["stock"]]
        if len(others) < 2 and one["cadence"]["shown"] != "once":
            yield Problem((*here, "stock"), f"is {one['stock']}, and no other population is of this stock")
        for key in ("told_by", "among", "amounts", "changes_of"):
            if key in one:
                yield Problem((*here, key), "says nothing of a stock, which counts persons at a moment")
    of = one.get("changes_of")
    if of is None:
        return
    stocks = [name for name in before if "stock" in found["populations"][name]]
    if of not in stocks:
        yield Problem((*here, "changes_of"), f"is {of}; {hint(of, stocks)}")
    elif found["populations"][of]["period"] != one["period"]:
        yield Problem((*here, "changes_of"), f"is {of}, whose period is not the same")
    if found["places"][-1]["columns"]:
        yield Problem((*here, "changes_of"), "needs a last place without columns, of which the total is")
    if one["cadence"]["shown"] != "once":
        yield Problem((*here, "cadence"), "has to be once: changes that are told anew tell what was corrected")


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
