"""Every key that a ``release.yml`` may have, and what may stand under it; ``docs/disclosure-control.md`` explains them.

A key, a value or a name that is not here is refused, with line and what may have been meant: what nobody reads
protects nobody.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.contracts.document import Place, Problem
from orchestration.contracts.forms import Flag, Form, Keys, ListOf, Text

NAME = Text(pattern="[a-z][a-z0-9_]*", like="a name of small letters, digits and underscores")
VALUE = Text(like="text")
DAY = Text(pattern="(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", like="month and day such as '12-31', in quotation marks")
KINDS = ("count", "part", "band", "half_days", "ratio", "gap", "banded", "compared")
CADENCES = ("once", "each_night", "at_dates", "at_month_ends")
CUTS = ("part", "cut", "result")


@dataclass(frozen=True)
class Named:
    """A mapping of names of one's own to a form; ``names`` is what a name has to be."""

    of: Form
    names: Text = NAME

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """Names that are none, and what is wrong with what stands under them."""
        if not isinstance(value, dict) or not value:
            yield Problem(place, f"has to be a mapping of a name to what it is; each name is {self.names.like}")
            return
        for name, inner in value.items():
            for problem in self.names.problems(name, (*place, str(name))):
                yield Problem(problem.place, f"as a name {problem.says}")
            yield from self.of.problems(inner, (*place, name))


TOTAL = Keys({"value": VALUE, "place": NAME}, needed=("value", "place"))
PLACE = Keys(
    {
        "name": NAME,
        "columns": ListOf(NAME, at_least=0),
        "listed_in": NAME,
        "total": TOTAL,
        "description": Text(),
    },
    needed=("name", "columns"),
)
WITHIN = Keys({"column": NAME, "values": Named(ListOf(VALUE), VALUE)}, needed=("column", "values"))
DIMENSION = Keys(
    {
        "kind": Text(CUTS),
        "column": NAME,
        "description": Text(),
        "values": ListOf(VALUE),
        "levels": Named(Named(ListOf(VALUE), VALUE)),
        "within": ListOf(WITHIN),
        "not_asked": ListOf(VALUE),
        "of_few_places": ListOf(VALUE),
        "nests": Flag(),
    },
    needed=("kind", "column"),
)
CADENCE = Keys(
    {"shown": Text(CADENCES), "dates": ListOf(DAY), "final_on": DAY, "final_a_year_later": Flag()}, needed=("shown",)
)
TOLD = Keys({"column": NAME, "value": VALUE, "measures": ListOf(NAME)}, needed=("column", "value", "measures"))
POPULATION = Keys(
    {
        "description": Text(),
        "rows": NAME,
        "person": NAME,
        "period": NAME,
        "where": NAME,
        "among": NAME,
        "buffer": Flag(),
        "decides": Flag(),
        "amounts": ListOf(NAME),
        "dimensions": ListOf(NAME, at_least=0),
        "cadence": CADENCE,
        "told_by": ListOf(TOLD),
        "stock": NAME,
        "changes_of": NAME,
    },
    needed=("description", "rows", "person", "period", "dimensions", "cadence"),
)
MEASURE = Keys(
    {
        "kind": Text(KINDS),
        "of": NAME,
        "values": ListOf(VALUE),
        "column": NAME,
        "numerator": NAME,
        "denominator": NAME,
        "share": NAME,
        "in_mart": NAME,
        "between": NAME,
        "ends": ListOf(VALUE),
        "hidden_with": NAME,
        "symbol": NAME,
        "population": NAME,
        "leaves": NAME,
    },
    needed=("kind",),
)
EITHER = Keys({"column": NAME, "value": NAME, "are": Named(NAME, VALUE)}, needed=("column", "value", "are"))
MART = Keys(
    {
        "population": NAME,
        "place": NAME,
        "by": ListOf(NAME, at_least=0),
        "names": Named(NAME),
        "either": EITHER,
        "behind": ListOf(NAME),
        "measures": Named(MEASURE),
        "stamps": ListOf(NAME, at_least=0),
        "inside": ListOf(NAME, at_least=0),
        "shared": Flag(),
    },
    needed=("population", "place", "measures"),
)
RELEASE = Keys(
    {
        "subject": NAME,
        "description": Text(),
        "trial": Flag(),
        "places": ListOf(PLACE),
        "dimensions": Named(DIMENSION),
        "populations": Named(POPULATION),
        "marts": Named(MART),
        "links": Named(NAME),
        "own_school": Named(ListOf(NAME)),
    },
    needed=("subject", "description", "places", "populations", "marts"),
)
OF_KIND: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "count": ((), ("hidden_with", "symbol", "population")),
    "part": (("of", "values"), ("hidden_with", "symbol", "population")),
    "band": (("of", "values"), ("hidden_with", "symbol", "population")),
    "half_days": (("column",), ("of", "values", "hidden_with", "symbol", "population", "leaves")),
    "ratio": (("numerator",), ("denominator", "hidden_with", "symbol")),
    "banded": (("share", "hidden_with"), ()),
    "compared": (("share",), ("hidden_with", "symbol")),
    "gap": (("share", "in_mart", "between", "ends"), ()),
}
"""Keys that a measure of each kind needs, and those that it may have beside ``kind``."""
