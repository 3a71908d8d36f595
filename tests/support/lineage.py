"""Column lineage over compiled SQL: which identifying columns a column of a model is made of.

A column carries the names of the direct identifiers that its value descends from, through any number of models,
CTEs, joins and functions. Three things do not make a value descend from a column, and are taken out first:
counting rows by it, asking whether it is null, and being placed (partitioned, ordered, filtered) by it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.lineage import Node as LineageNode
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

Relation = tuple[str, str]  # schema and table
Column = tuple[str, str, str]  # schema, table and column
SYSTEM_COLUMNS = {"tableoid", "ctid", "xmin"}  # PostgreSQL's own, which no relation lists


@dataclass
class Identifiers:
    """What is known so far: columns of each relation in order, and the identifiers each column carries."""

    columns: dict[Relation, list[str]] = field(default_factory=dict)
    carried: dict[Column, frozenset[str]] = field(default_factory=dict)

    def add_source(self, relation: Relation, columns: Iterable[str], identifying: Iterable[str]) -> None:
        """A relation whose columns come from outside: those in ``identifying`` carry their own name."""
        self.columns[relation] = list(columns)
        for name in identifying:
            self.carried[(*relation, name)] = frozenset({name})

    def add_model(self, relation: Relation, columns: Iterable[str], sql: str) -> dict[str, frozenset[str]]:
        """A model built by ``sql``. Returns what each of its columns carries. Parents have to be added before.

        Raises ``LookupError`` naming a relation that is neither a source nor a model added before.
        """
        names = list(columns)
        self.columns.setdefault(relation, names)  # a model may read what it held before
        found = {name: frozenset[str]() for name in names}
        for name, leaves in leaves_of(sql, self.columns, names).items():
            carried = [self.carried.get(leaf, frozenset()) for leaf in leaves]
            found[name] = frozenset().union(*carried)
        self.carried.update({(*relation, name): carried for name, carried in found.items()})
        return found


def leaves_of(sql: str, schema: Mapping[Relation, list[str]], columns: list[str]) -> dict[str, set[Column]]:
    """Columns of tables that each output column is made of."""
    tree = parse_one(sql, dialect="postgres").transform(_without_placing)
    read = {(table.db, table.name) for table in tree.find_all(exp.Table) if table.db}
    if unknown := read - schema.keys():
        raise LookupError(f"reads what is neither a source nor a model: {sorted(unknown)}")
    if bare := {relation for relation in read if not schema[relation]}:
        raise LookupError(f"reads what lists no columns: {sorted(bare)}")
    system = {column.name for column in tree.find_all(exp.Column)} & SYSTEM_COLUMNS
    typed: dict[str, Any] = {}
    for relation in read:
        typed.setdefault(relation[0], {})[relation[1]] = dict.fromkeys([*schema[relation], *system], "text")
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    tree = qualify(tree, dialect="postgres", schema=typed, validate_qualify_columns=False, quote_identifiers=False)
    if whole := {row.name for row in tree.find_all(exp.TableColumn)}:
        raise LookupError(f"a whole row used as a value cannot be followed; list its columns: {sorted(whole)}")
    scope = build_scope(tree)
    made: dict[str, set[Column]] = {}
    for name in columns:
        made[name] = set()
        for node in lineage(name, tree, typed, scope=scope, dialect="postgres", trim_selects=False, copy=False).walk():
            made[name] |= _table_column(node)
    return made


def _table_column(node: LineageNode) -> set[Column]:
    if node.downstream or not isinstance(node.expression, exp.Table):
        return set()
    return {(node.expression.db, node.expression.name, node.name.rsplit(".", 1)[-1].strip('"'))}


def _without_placing(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Count):
        return exp.Literal.number(1)
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return exp.true()
    if isinstance(node, exp.Window):
        return exp.Literal.number(1) if isinstance(node.this, exp.RowNumber) else _inner(node)
    if isinstance(node, exp.Filter):
        return _inner(node)
    return node


def _inner(node: exp.Expression) -> exp.Expression:
    """What a filter or window applies to, itself freed of placing: a replaced node is not walked again."""
    inner: exp.Expression = node.this.copy().transform(_without_placing)
    return inner
