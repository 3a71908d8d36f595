"""dbt in this process without what it does again and again: the same results, found once.

For each model dbt opens a connection, makes a wrapper for each of some 700 macros several times, and the function of a
macro anew for each call of it, compares a name with every relation of a schema, and for each answer of the database
makes regular expressions for dates in words. What is kept here is kept for the process or for one run, and is the very
thing that dbt would have made; a wrapper is made when it is used.
"""

import functools
import select
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from types import CodeType
from typing import Any

import parsedatetime
from dbt.adapters.base.impl import BaseAdapter
from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.postgres.connections import PostgresConnectionManager
from dbt.clients.jinja import MacroGenerator
from dbt.compilation import Linker
from dbt.context import base
from dbt.context.macros import FlatNamespace, MacroNamespace, MacroNamespaceBuilder
from dbt.context.manifest import ManifestContext
from dbt.graph.selector_methods import QualifiedNameSelectorMethod
from dbt_common.clients.jinja import BaseMacroGenerator, MacroFuzzEnvironment
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.contextvars import get_node_info
from networkx import is_directed_acyclic_graph  # type: ignore[import-untyped]

TEMPLATES: dict[tuple[str, str], CodeType] = {}
"""Compiled templates by kind of environment and source, of all projects that this process has built."""
NAMED = ("nodes", "exposures", "metrics", "unit_tests", "semantic_models", "saved_queries", "functions")
NONE = object()
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
    _as_dbt["namespace_of"] = ManifestContext._build_namespace
    _as_dbt["to_dict"] = ManifestContext.to_dict
    _as_dbt["get_macro"] = BaseMacroGenerator.get_macro
    _as_dbt["get_relation"] = BaseAdapter.get_relation
    _as_dbt["field_names"] = functools.cache(dbtClassMixin._get_field_names.__func__)  # type: ignore[attr-defined]
    _as_dbt["find_cycles"] = Linker.find_cycles
    _as_dbt["graph_summary"] = Linker.get_graph_summary
    _as_dbt["cache_schemas"] = BaseAdapter._get_cache_schemas
    parsedatetime.Constants = functools.cache(parsedatetime.Constants)
    base.get_context_modules = functools.cache(base.get_context_modules)
    MacroFuzzEnvironment.compile = _compile  # type: ignore[assignment, method-assign]
    MacroNamespaceBuilder.build_namespace = _build_namespace  # type: ignore[assignment, method-assign]
    ManifestContext._build_namespace = _namespace_of  # type: ignore[method-assign]
    ManifestContext.to_dict = _to_dict  # type: ignore[method-assign]
    BaseMacroGenerator.get_macro = _get_macro  # type: ignore[method-assign]
    BaseAdapter.get_relation = _get_relation  # type: ignore[method-assign]
    BaseAdapter._get_cache_schemas = _get_cache_schemas  # type: ignore[method-assign]
    dbtClassMixin._get_field_names = classmethod(_as_dbt["field_names"])  # type: ignore[assignment]
    Linker.find_cycles = _find_cycles  # type: ignore[method-assign]
    Linker.get_graph_summary = _get_graph_summary  # type: ignore[method-assign]
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


class Made(dict[str, Any]):
    """A dictionary that makes an item when it is asked for by name, and all of them when it is looked through."""

    def __init__(self, names: Callable[[], Iterable[str]], make: Callable[[str], Any]) -> None:
        """``names`` are all that ``make`` can make; it raises KeyError for others."""
        super().__init__()
        self._names = names
        self._make = make

    def __missing__(self, name: str) -> Any:
        found = self[name] = self._make(name)
        return found

    def __contains__(self, name: object) -> bool:
        return self.get(name, NONE) is not NONE  # type: ignore[arg-type]

    def get(self, name: str, default: Any = None) -> Any:
        """The item of a name, or the default."""
        try:
            return self[name]
        except KeyError:
            return default

    def _whole(self) -> "Made":
        for name in self._names():
            self.get(name)
        return self

    def __iter__(self) -> Iterator[str]:
        return dict.__iter__(self._whole())

    def __len__(self) -> int:
        return dict.__len__(self._whole())

    def __bool__(self) -> bool:
        return dict.__len__(self) > 0 or any(True for _ in self._names())

    def keys(self) -> Any:
        """All names."""
        return dict.keys(self._whole())

    def values(self) -> Any:
        """All items."""
        return dict.values(self._whole())

    def items(self) -> Any:
        """All names and items."""
        return dict.items(self._whole())


class Namespace(Made):
    """What ``MacroNamespace`` finds by looking through its parts each time: the first part that has a name wins."""

    def __init__(self, parts: MacroNamespace) -> None:
        self.global_project_namespace = parts.global_project_namespace
        self.packages = parts.packages
        order = list(parts._search_order())
        super().__init__(lambda: chain.from_iterable(order), lambda name: _first(order, name))

    get_from_package = MacroNamespace.get_from_package


def _first(parts: Iterable[Mapping[str, Any]], name: str) -> Any:
    for part in parts:
        if name in part:
            return part[name]
    raise KeyError(name)


def _build_namespace(self: MacroNamespaceBuilder, macros_by_package: dict[str, Any], ctx: dict[str, Any]) -> Namespace:
    """The wrappers of macros for one context, each made when it is used. No name is there twice in a package."""

    def of(package: str) -> FlatNamespace:
        macros = macros_by_package.get(package, {})
        return Made(lambda: macros, lambda name: MacroGenerator(macros[name], ctx, self.node, self.thread_ctx))

    inner = [of(package) for package in self.internal_package_names_order]
    internal = Made(lambda: chain.from_iterable(inner), lambda name: _first(inner, name))
    packages = {package: of(package) for package in macros_by_package if package not in self.internal_package_names}
    local = packages.get(self.search_package, {})
    of_root = {} if self.search_package == self.root_package else packages.get(self.root_package, {})
    return Namespace(MacroNamespace(of_root, local, internal, packages))


def _namespace_of(self: ManifestContext) -> Any:
    """The namespace of a context that finds macros in it by itself."""
    self._ctx = Made(lambda: self.namespace, lambda name: self.namespace[name])
    return _as_dbt["namespace_of"](self)


def _to_dict(self: ManifestContext) -> dict[str, Any]:
    """All that a template may name: a macro of a name comes before what dbt has under it."""
    if not isinstance(self.namespace, Namespace):
        return _as_dbt["to_dict"](self)  # type: ignore[no-any-return]
    found = super(ManifestContext, self).to_dict()
    known = self.manifest.__dict__
    if "names_of_macros" not in known:
        known["names_of_macros"] = frozenset(self.namespace)
    for name in dict.keys(found) & known["names_of_macros"]:
        if name in self.namespace:
            found[name] = self.namespace[name]
    return found


def _get_macro(self: BaseMacroGenerator) -> Any:
    """The function of a macro in its context, made once for both."""
    known = self.__dict__
    if "function" not in known:
        known["function"] = _as_dbt["get_macro"](self)
    return known["function"]


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


def _get_cache_schemas(self: BaseAdapter, relation_configs: Iterable[Any]) -> Any:
    """The schemas of nodes: of one node of each."""
    of_each = {(one.database, one.schema): one for one in relation_configs}
    return _as_dbt["cache_schemas"](self, of_each.values())


def _find_cycles(self: Linker) -> Any:
    """A circle of nodes in words; where there is none, that is told without a walk along each edge."""
    return None if is_directed_acyclic_graph(self.graph) else _as_dbt["find_cycles"](self)


def _get_graph_summary(self: Linker, manifest: Any) -> dict[int, dict[str, Any]]:
    """Names, kinds and edges of nodes, without a copy of all of each node."""
    number = {name: at for at, name in enumerate(self.graph)}
    found: dict[int, dict[str, Any]] = {}
    for name, at in number.items():
        found[at] = {"name": name, "type": str(manifest.expect(name).resource_type)}
        after = [number[one] for one in self.graph.successors(name)]
        found[at] |= {"succ": after} if after else {}
    return found


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
