"""Persons of a declared population, read from where dbt has them in ``aggregated_exact``."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import psycopg
from psycopg import sql

from orchestration.release.declared.declaration import AUTHORITY, Declaration
from orchestration.release.declared.figures import unit_name
from orchestration.release.engine.model import PLACE, IntArray, Model, Persons, coded

EXACT = "aggregated_exact"
MIXED = (1, 1_000_003, 998_244_353_000_003, 104_729_000_000_007)
"""Factors by which several amounts of a row become one number, so that no ordinary change leaves it as it was."""


@dataclass(frozen=True)
class PersonRows:
    """Rows of one population and period: pseudonyms as numbers, values as text by dimension, amounts as one number."""

    ids: IntArray
    columns: dict[str, list[str]]
    amounts: IntArray | None

    def under(self, model: Model) -> Persons:
        """The persons as a model sees them. Raises ``ModelError`` where they do not fit its lists."""
        found = coded(model, self.ids, self.columns)
        return Persons(found.ids, found.codes, self.amounts)


def periods_of(connection: psycopg.Connection, declaration: Declaration, population: str, authority: str) -> list[str]:
    """Periods of a population that has persons, the oldest first. Rows without a period are of none."""
    one = declaration.populations[population]
    query = sql.SQL(
        "select distinct {period}::text from {rows} where {authority} = %s and {period} is not null order by 1"
    ).format(
        period=sql.Identifier(one.period),
        rows=sql.Identifier(EXACT, one.rows),
        authority=sql.Identifier(AUTHORITY),
    )
    return [str(period) for (period,) in connection.execute(query, [authority])]


def read_persons(
    connection: psycopg.Connection, declaration: Declaration, population: str, authority: str, period: str
) -> PersonRows:
    """The persons of an authority and period. A value that is null counts as ``unknown``."""
    one = declaration.populations[population]
    places = declaration.places[0].columns
    dimensions = {name: declaration.dimensions[name].column for name in one.dimensions}
    columns: list[sql.Composable] = [sql.SQL("hashtextextended({}::text, 0)").format(sql.Identifier(one.person))]
    columns += [sql.SQL("coalesce({}::text, 'unknown')").format(sql.Identifier(c)) for c in dimensions.values()]
    columns += [sql.SQL("{}::text").format(sql.Identifier(column)) for column in places]
    columns += [sql.SQL("coalesce({}, 0)::bigint").format(sql.Identifier(column)) for column in one.amounts]
    only = sql.SQL(" and {}").format(sql.Identifier(one.where)) if one.where else sql.SQL("")
    query = sql.SQL("select {} from {} where {} = %s and {}::text = %s{} order by 1").format(
        sql.SQL(", ").join(columns),
        sql.Identifier(EXACT, one.rows),
        sql.Identifier(AUTHORITY),
        sql.Identifier(one.period),
        only,
    )
    rows = connection.execute(query, [authority, period]).fetchall()
    found = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    values = {name: list(found[1 + at]) for at, name in enumerate(dimensions)}
    start = 1 + len(dimensions)
    values[PLACE] = [unit_name(unit) for unit in zip(*found[start : start + len(places)], strict=True)]
    return PersonRows(np.array(found[0], dtype=np.int64), values, _mixed(found[start + len(places) :]))


def _mixed(amounts: Sequence[Sequence[int]]) -> IntArray | None:
    if not amounts:
        return None
    mixed = np.full(len(amounts[0]), 1, dtype=np.int64)
    for factor, column in zip(MIXED[1:], amounts, strict=False):
        mixed += np.array(column, dtype=np.int64) * factor
    return mixed
