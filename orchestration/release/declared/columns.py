"""Whether a declaration fits the marts and persons that dbt makes: a column that is not named is refused (RULES 41)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.meant import hint
from orchestration.release.declared.declaration import AUTHORITY, Declaration, Mart

Node = Mapping[str, Any]


def problems_with(declaration: Declaration, nodes: Mapping[str, Node]) -> list[str]:
    """What does not fit, in words. ``nodes`` has dbt's models by name: columns, ``config.meta``, schema."""
    found: list[str] = []
    for name, mart in declaration.marts.items():
        where = f"{declaration.subject}/release.yml: marts.{name}"
        if name not in nodes:
            found.append(f"{where} is no model; {hint(name, sorted(nodes))}")
            continue
        found += [f"{where} {said}" for said in _of_mart(declaration, mart, nodes[name])]
    for name, population in declaration.populations.items():
        where = f"{declaration.subject}/release.yml: populations.{name}"
        if population.rows not in nodes:
            found.append(
                f"{where}.rows is {population.rows}, which is no model; {hint(population.rows, sorted(nodes))}"
            )
            continue
        columns = list(nodes[population.rows]["columns"])
        wanted = [AUTHORITY, population.person, population.period, *population.amounts]
        wanted += declaration.places[0].columns
        wanted += [declaration.dimensions[one].column for one in population.dimensions]
        wanted += [population.where] if population.where else []
        found += [
            f"{where}: {population.rows} has no column {column}; {hint(column, columns)}"
            for column in dict.fromkeys(wanted)
            if column not in columns
        ]
    return found


def _of_mart(declaration: Declaration, mart: Mart, node: Node) -> Iterator[str]:
    columns = list(node["columns"])
    keys = declaration.keys(mart)
    named = [*keys, *mart.measures, *mart.stamps, *mart.inside]
    for column in dict.fromkeys(named):
        if column not in columns:
            yield f"names the column {column}, which the model has not; {hint(column, columns)}"
    for column in columns:
        if column not in named:
            yield (
                f"does not say what the column {column} is: a measure, a stamp that is always shown, or inside, "
                "which no reader sees"
            )
    grain = list((node["config"].get("meta") or {}).get("grain") or ())
    if set(grain) != set(keys):
        yield f"has the keys {', '.join(keys)}, and the grain of the model is {', '.join(grain) or 'not said'}"
    for column in dict.fromkeys((*keys, *mart.measures, *mart.stamps)):
        meta = {**(node["columns"].get(column, {}).get("meta") or {})}
        meta |= (node["columns"].get(column, {}).get("config") or {}).get("meta") or {}
        if column in columns and meta.get("privacy") != "public":
            yield f"would show the column {column}, which is {meta.get('privacy') or 'of no privacy class'}"
    if (node["config"].get("meta") or {}).get("release") is not None and not declaration.is_trial:
        yield "is declared here and under meta.release of the model: keep one of the two"
