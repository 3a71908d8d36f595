"""dbt in this process without what it does again and again: the same results, found once.

For each model dbt opens a connection, makes a wrapper for each of some 700 macros several times, compares a name with
every relation of a schema, and for each answer of the database makes regular expressions for dates in words. What is
kept here is kept for the process or for one run, and is the very thing that dbt would have made.
"""

import functools
import select
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import parsedatetime
from dbt.adapters.base.impl import BaseAdapter
from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.postgres.connections import PostgresConnectionManager
from dbt.clients.jinja import MacroGenerator
from dbt.context.macros import FlatNamespace, MacroNamespace, MacroNamespaceBuilder
from dbt.graph.selector_methods import QualifiedNameSelectorMethod
from dbt_common.clients.jinja import MacroFuzzEnvironment
from dbt_common.events.contextvars import get_node_info

TEMPLATES: dict[tuple[str, str], CodeType] = {}
"""Compiled templates by kind of environment and source, of all projects that this process has built."""
NAMED = ("nodes", "exposures", "metrics", "unit_tests", "semantic_models", "saved_queries", "functions")
WILDCARDS = frozenset(".*?[]")
_as_dbt: dict[str, Callable[..., Any]] = {}


def be_lean() -> None:
    """From now on dbt's runs in this process do nothing twice; calling it again changes nothing."""
    if _as_dbt:
        return
    _as_dbt["compile"] = MacroFuzzEnvironment.compile
    _as_dbt["release"] = PostgresConnectionManager.release
    _as_dbt["acquire"] = PostgresConnectionManager.set_connection_name
    _as_dbt["search"] = QualifiedNameSelectorMethod.search
    _as_dbt["build_namespace"] = MacroNamespaceBuilder.build_namespace
    _as_dbt["get_relation"] = BaseAdapter.get_relation
    parsedatetime.Constants = functools.cache(parsedatetime.Constants)
    MacroFuzzEnvironment.compile = _compile  # type: ignore[assignment, method-assign]
    MacroNamespaceBuilder.build_namespace = _build_namespace  # type: ignore[assignment, method-assign]
    BaseAdapter.get_relation = _get_relation  # type: ignore[method-assign]
    QualifiedNameSelectorMethod.search = _search  # type: ignore[method-assign]
    PostgresConnectionManager.release = _release  # type: ignore[assignment, method-assign]
    PostgresConnectionManager.set_connection_name = _set_connection_name  # type: ignore[assignment, method-assign]


def _compile(self: MacroFuzzEnvironment, source: Any, *args: Any, **kwargs: Any) -> Any:
    """A template of the same kind of environment and the same source is the same code."""
    if args or kwargs or not isinstance(source, str):
        return _as_dbt["compile"](self, source, *args, **kwargs)
    key = (type(self).__name__, source)
    found = TEMPLATES.get(key)
    if found is None:
        found = TEMPLATES[key] = _as_dbt["compile"](self, source)
    return found


class Namespace(dict[str, Any]):
    """What ``MacroNamespace`` finds by looking through its parts each time, as one dictionary."""

    def __init__(self, parts: MacroNamespace) -> None:
        self.global_project_namespace = parts.global_project_namespace
        self.packages = parts.packages
        found: dict[str, Any] = {}
        for part in reversed(list(parts._search_order())):  # the first part that has a name wins
            found.update(part)
        super().__init__(found)

    get_from_package = MacroNamespace.get_from_package


def _build_namespace(self: MacroNamespaceBuilder, macros_by_package: dict[str, Any], ctx: dict[str, Any]) -> Namespace:
    """The wrappers of all macros for one context. No name is there twice: they come from a dictionary."""
    made: dict[str, FlatNamespace] = {}
    new, node, stack = MacroGenerator.__new__, self.node, self.thread_ctx
    for package, macros in macros_by_package.items():
        functions = made[package] = {}
        for name, macro in macros.items():
            function = functions[name] = new(MacroGenerator)
            function.__dict__ = {"context": ctx, "macro": macro, "node": node, "stack": stack}
    internal: FlatNamespace = {}
    for package in reversed(self.internal_package_names_order):  # the first of them wins
        internal.update(made.pop(package, {}))
    local = made.get(self.search_package, {})
    of_root = {} if self.search_package == self.root_package else made.get(self.root_package, {})
    return Namespace(MacroNamespace(of_root, local, internal, made))


def _get_relation(self: BaseAdapter, database: str, schema: str, identifier: str) -> Any:
    """The relation of a name in dbt's cache, looked up by its key, and compared as dbt compares."""
    if not (database and schema and identifier and (database, schema) in self.cache):
        return _as_dbt["get_relation"](self, database, schema, identifier)
    with self.cache.lock:
        found = self.cache.relations.get((database.lower(), schema.lower(), identifier.lower()))  # type: ignore[call-overload]
    if found is None:
        return None
    if found.inner is None:
        return _as_dbt["get_relation"](self, database, schema, identifier)
    return next(iter(self._make_match([found.inner], database, schema, identifier)), None)


def _search(self: QualifiedNameSelectorMethod, included_nodes: set[Any], selector: str) -> Iterator[Any]:
    """Nodes of which ``selector``, a plain word, is the name, the package or the first folder."""
    if WILDCARDS & set(selector):
        yield from _as_dbt["search"](self, included_nodes, selector)
        return
    known = self.manifest.__dict__
    if "nodes_by_word" not in known:
        by_word: dict[str, set[Any]] = {}
        everything = {key for kind in NAMED for key in getattr(self.manifest, kind)}
        for unique_id, node in self.non_source_nodes(everything):
            words = {node.fqn[-1], *(part.split(".")[0] for part in node.fqn[:2])}
            words |= {node.fqn[-2]} if node.is_versioned else set()
            for word in words:
                by_word.setdefault(word, set()).add((unique_id, node.is_versioned))
        known["nodes_by_word"] = by_word
    found = known["nodes_by_word"].get(selector, set())
    if any(is_versioned for _, is_versioned in found):
        yield from _as_dbt["search"](self, included_nodes, selector)
        return
    yield from (unique_id for unique_id, _ in found if unique_id in included_nodes)


def _release(self: PostgresConnectionManager) -> None:
    """Keep the connection of a thread that builds, as a new one would be; dbt closes all when its nodes are done."""
    connection = self.get_if_exists()
    if connection is None or connection.state != ConnectionState.OPEN or not get_node_info():
        _as_dbt["release"](self)
        return
    try:
        connection.handle.rollback()
        connection.transaction_open = False
        connection.handle.autocommit = True
        with connection.handle.cursor() as cursor:
            cursor.execute("discard all")
        connection.handle.autocommit = False
    except Exception:  # lost: the next node makes its own
        _as_dbt["release"](self)


def _set_connection_name(self: PostgresConnectionManager, name: str | None = None) -> Connection:
    """A kept connection of which the server has said something since, that it ends, is not used any more."""
    connection = self.get_if_exists()
    if connection is not None and connection.state == ConnectionState.OPEN:
        handle = connection.handle
        if handle.closed or select.select([handle], [], [], 0)[0]:
            self.close(connection)
    return _as_dbt["acquire"](self, name)  # type: ignore[no-any-return]
