"""What models, seeds, columns and tests may say under ``config.meta``: a slip there would be no more than ignored.

To read another key in a macro or an asset, name it here. ``meta.release`` has rules of its own (``declaration``).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.contracts import Contract, load_contracts
from orchestration.contracts.document import Problem, shown
from orchestration.contracts.forms import Anything, Flag, Form, Keys, ListOf, Number, Text
from orchestration.meant import hint, meant

Node = Mapping[str, Any]
CLASSES = ("public", "operational", "quasi_identifier", "special_category", "direct_identifier")
"""Privacy classes from the mildest to the strictest."""
POPULATIONS = ("on roll", "absent for the reason", "judged")
"""Which pupils a count that readers see has: counts of one place differ by it, and each says which it is."""
_NAMES = ListOf(Text())
_OF_ALL: dict[str, Form] = {
    "grain": _NAMES,
    "owner": Text(),
    "privacy": Text(CLASSES),
    "privacy_reasons": Anything(),
    "release": Anything(),
    "dagster": Anything(),
}
_OF_MODEL: dict[str, Form] = {
    **_OF_ALL,
    "also_follow": _NAMES,
    "follow_only": _NAMES,
    "scope_columns": ListOf(Text(), at_least=0),
    "month_column": Text(),
    "by_month": Flag(),
    "months_before": Number(at_least=0),
    "notes_months": Flag(),
    "empty_when": Text(),
    "balances": Anything(),
    "fillfactor": Number(at_least=10),
    "in_key_order": Flag(),
}
_KEYS = {
    "model": Keys(_OF_MODEL),
    "seed": Keys({**_OF_ALL, "imports": Keys({"area": Text()}, ("area",))}),
    "test": Keys({"gate": Text(("release",)), "dagster": Anything()}),
}
_OF_COLUMN = Keys(
    {
        "privacy": Text(CLASSES),
        "privacy_reason": Text(),
        "unit": Text(),
        "population": Text(POPULATIONS),
        "dagster": Anything(),
    },
    ("privacy",),
)
_OF_COLUMNS = ("grain", "scope_columns", "month_column")
"""Keys under which columns of the model stand."""


def meta_of(item: Node) -> dict[str, Any]:
    """``config.meta`` of a node or column, and what older dbt keeps beside it."""
    return {**(item.get("meta") or {}), **((item.get("config") or {}).get("meta") or {})}


def meta_problems(manifest: Mapping[str, Any]) -> list[str]:
    """Keys and values under ``config.meta`` that nothing reads, each with its model and what is allowed."""
    contracts = {feed: contract for feed, contract in load_contracts().items() if contract.is_collected}
    nodes = manifest["nodes"].values()
    origins = ["ledger", "ledger:closed_days", *(f"ledger:{feed}" for feed in contracts)]
    origins += sorted(node["name"] for node in nodes if node["resource_type"] == "model")
    found = []
    for node in nodes:
        if (form := _KEYS.get(node["resource_type"])) is not None:
            found += [f"{node['name']}: {said}" for said in _of_node(node, form, origins)]
    return [*found, *_of_balances([*nodes], contracts)]


def _of_node(node: Node, form: Keys, origins: list[str]) -> Iterator[str]:
    meta = meta_of(node)
    columns = node.get("columns") or {}
    yield from _told(form.problems(meta, ("config", "meta")))
    for key in ("also_follow", "follow_only"):
        for origin in _texts(meta.get(key)):
            if origin not in origins:
                first = ", ".join(one for one in origins if one.startswith("ledger"))
                yield (f"config.meta.{key} names {origin!r}; known are {first} and every model{meant(origin, origins)}")
    for key in _OF_COLUMNS if columns else ():
        for name in _texts(meta.get(key)):
            if name not in columns:
                yield f"config.meta.{key} names {name}, which is no column of it; {hint(name, columns)}"
    release = meta.get("release")
    inside = _texts(release.get("exact_only")) if isinstance(release, Mapping) else [*columns]
    for name, column in columns.items():
        yield from _told(_OF_COLUMN.problems(meta_of(column), (str(name), "config", "meta")))
        if name not in inside and meta_of(column).get("unit") == "pupils" and "population" not in meta_of(column):
            yield f"{name}.config.meta has no population, so readers cannot know which pupils it counts; " + hint(
                None, POPULATIONS
            )


def _told(problems: Iterator[Problem]) -> Iterator[str]:
    return (f"{shown(problem.place)} {problem.says}" for problem in problems)


def _texts(found: Any) -> list[str]:
    """One text or a list of them; what else it may be has been told."""
    listed = found if isinstance(found, list) else [found]
    return [text for text in listed if isinstance(text, str)]


def _of_balances(nodes: list[Node], contracts: Mapping[str, Contract]) -> Iterator[str]:
    """Steps of the balance sheet that models have lines for, and that contracts ask for: the same names."""
    asked = list(dict.fromkeys(hop for contract in contracts.values() for hop in contract.hops))
    had: dict[str, None] = {}
    for node in nodes:
        balances = meta_of(node).get("balances")
        if balances is None:
            continue
        where = f"{node['name']}: config.meta.balances"
        if not isinstance(balances, Mapping):
            yield f"{where} maps a step to its feeds, to all, or to those that go by contract"
            continue
        had |= dict.fromkeys(map(str, balances))
        for hop, feeds in balances.items():
            if hop not in asked:
                yield f"{where} has the step {hop!r}, for which no contract asks; {hint(hop, asked)}"
            for feed in [] if feeds in ("all", "by contract") else _texts(feeds):
                if feed not in contracts:
                    yield f"{where}.{hop} names {feed!r}; {hint(feed, ['all', 'by contract', *contracts])}"
    for feed, contract in contracts.items() if had else ():
        for hop in contract.further_hops:
            if hop not in had:
                yield f"{feed}.yml: balance names the step {hop!r}, for which no model has lines; {hint(hop, had)}"
