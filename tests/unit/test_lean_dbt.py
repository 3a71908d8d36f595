"""What is kept of dbt's work is what dbt itself would have found."""

from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from dbt.adapters.contracts.connection import ConnectionState
from dbt.artifacts.resources import NodeConfig, TestConfig
from dbt.clients.jinja import MacroStack
from dbt.compilation import Linker
from dbt.context.macros import MacroNamespaceBuilder
from dbt.graph.selector_methods import QualifiedNameSelectorMethod
from dbt_common.clients.jinja import MacroFuzzEnvironment, NativeSandboxEnvironment
from dbt_common.events.contextvars import log_contextvars

from orchestration import lean_dbt
from orchestration.database.connections import parameters
from orchestration.settings import Settings


@pytest.fixture(autouse=True)
def lean() -> None:
    lean_dbt.be_lean()


def macro(package: str, name: str) -> Any:
    return SimpleNamespace(package_name=package, name=name, unique_id=f"macro.{package}.{name}", macro_sql="")


MACROS = {
    "dbt": [macro("dbt", name) for name in ("ref_of", "table_of", "shared")],
    "dbt_postgres": [macro("dbt_postgres", name) for name in ("table_of", "shared", "of_postgres")],
    "warehouse": [macro("warehouse", name) for name in ("shared", "own")],
    "other": [macro("other", name) for name in ("own", "further")],
}


@pytest.mark.parametrize("package", ["warehouse", "other", "dbt"])
def test_macros_are_found_where_dbt_finds_them(package: str) -> None:
    by_package = {name: {one.name: one for one in macros} for name, macros in MACROS.items()}

    def built(build: Any) -> Any:
        builder = MacroNamespaceBuilder("warehouse", package, MacroStack(), ["dbt_postgres", "dbt"], None)
        return build(builder, by_package, {"a": 1})

    def ids(found: Any) -> Any:
        return {key: ids(value) for key, value in found.items()} if hasattr(found, "items") else found.macro.unique_id

    ours, theirs = built(MacroNamespaceBuilder.build_namespace), built(lean_dbt._as_dbt["build_namespace"])
    assert ids(ours) == ids(theirs)
    for where in (None, "dbt", "warehouse", "other"):
        for name in ("shared", "own", "table_of", "none"):
            one, other = ours.get_from_package(where, name), theirs.get_from_package(where, name)
            assert (one and one.macro) is (other and other.macro)
    assert ours["shared"].context == {"a": 1}


def node(*fqn: str, is_versioned: bool = False) -> Any:
    return SimpleNamespace(fqn=list(fqn), is_versioned=is_versioned)


@pytest.mark.parametrize("selector", ["roll", "canonical", "project", "pupils", "pup*", "canonical.roll", "v2", "x"])
def test_names_select_what_they_select_in_dbt(selector: str) -> None:
    nodes = {
        "model.pupils": node("project", "canonical", "roll", "pupils"),
        "model.roll": node("project", "canonical", "roll"),
        "model.canonical": node("project", "staged", "canonical"),
        "model.dotted": node("project", "canonical.parts", "dotted"),
        "model.versioned": node("project", "staged", "versioned", "v2", is_versioned=True),
    }
    manifest = SimpleNamespace(**{key: {} for key in lean_dbt.NAMED} | {"nodes": nodes})
    method = QualifiedNameSelectorMethod(manifest, None, [])  # type: ignore[arg-type]
    for included in (set(nodes), {"model.pupils", "model.versioned"}):
        assert set(method.search(included, selector)) == set(lean_dbt._as_dbt["search"](method, included, selector))  # type: ignore[arg-type]


def test_a_template_is_compiled_once_for_each_kind_of_environment() -> None:
    source = "{{ '1' | as_number }}"
    of_text, of_values = MacroFuzzEnvironment(), NativeSandboxEnvironment()
    for one in (of_text, of_values):
        one.filters["as_number"] = int if one is of_values else str
    assert of_text.compile(source) is of_text.compile(source)
    assert of_text.compile(source) is not of_values.compile(source)


def connection(settings: Settings) -> Any:
    wanted = {"host", "port", "user", "password", "dbname"}
    found = {key: value for key, value in parameters(settings, "transformer").items() if key in wanted}
    return psycopg2.connect(**found)


def manager(settings: Settings) -> Any:
    """A manager with one open connection of its thread."""
    handle = connection(settings)
    found = SimpleNamespace(handle=handle, state=ConnectionState.OPEN, transaction_open=True, name="model.a")
    closed: list[Any] = []
    return SimpleNamespace(get_if_exists=lambda: found, close=closed.append, connection=found, closed=closed)


def asked(handle: Any, query: str) -> Any:
    with handle.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_a_kept_connection_is_as_good_as_a_new_one(settings: Settings) -> None:
    one = manager(settings)
    handle = one.connection.handle
    asked(handle, "create temporary table left_over (a int); set enable_nestloop = off; select 1")
    handle.commit()
    before = asked(handle, "select pg_backend_pid()")
    with log_contextvars(node_info={"unique_id": "model.a"}):
        lean_dbt._release(one)
    assert not one.connection.transaction_open
    assert asked(handle, "select pg_backend_pid()") == before
    assert asked(handle, "show enable_nestloop") == "on"
    assert asked(handle, "select to_regclass('left_over') is null")
    handle.close()


def test_a_connection_that_the_server_has_ended_is_not_used_again(settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setitem(lean_dbt._as_dbt, "acquire", lambda _manager, name: name)
    one = manager(settings)
    pid = asked(one.connection.handle, "select pg_backend_pid()")
    one.connection.handle.commit()
    assert lean_dbt._set_connection_name(one, "model.b") == "model.b"
    assert one.closed == []
    with connection(settings) as other:
        asked(other, f"select pg_terminate_backend({pid}, 5000)")
    lean_dbt._set_connection_name(one, "model.b")
    assert one.closed == [one.connection]


def test_what_is_made_when_it_is_asked_for_is_a_dictionary_of_all_of_it() -> None:
    calls: list[str] = []

    def make(name: str) -> int:
        calls.append(name)
        return {"one": 1, "two": 2}[name]

    made = lean_dbt.Made(lambda: ("one", "two"), make)
    assert made
    assert not lean_dbt.Made(tuple, make)
    assert calls == []
    made["three"] = 3
    made["itself"] = made
    assert "itself" in made
    del made["itself"]
    assert made["one"] == 1
    assert made.get("two") == 2
    assert "two" in made
    assert calls == ["one", "two"]
    assert "four" not in made
    assert made.get("four", 4) == 4
    assert dict(made.items()) == {"one": 1, "two": 2, "three": 3}
    assert sorted(made) == ["one", "three", "two"]
    assert len(made) == 3
    with pytest.raises(KeyError):
        made["four"]


def graph(*edges: tuple[str, str]) -> Any:
    linker = Linker()
    for one, other in edges:
        linker.dependency(other, one)
    return linker


def test_the_summary_of_a_graph_is_that_of_dbt() -> None:
    kinds = {"model.a": "model", "model.b": "model", "test.c": "test"}
    nodes = {
        name: SimpleNamespace(resource_type=kind, to_dict=lambda omit_none, kind=kind: {"resource_type": kind})
        for name, kind in kinds.items()
    }
    manifest: Any = SimpleNamespace(expect=nodes.__getitem__)
    linker = graph(("model.a", "model.b"), ("model.b", "test.c"))
    assert linker.get_graph_summary(manifest) == lean_dbt._as_dbt["graph_summary"](linker, manifest)


def test_a_circle_of_models_is_named() -> None:
    assert graph(("model.a", "model.b"), ("model.a", "model.c")).find_cycles() is None
    circle = graph(("model.a", "model.b"), ("model.b", "model.a"))
    assert "model.a" in circle.find_cycles()
    assert circle.find_cycles() == lean_dbt._as_dbt["find_cycles"](circle)


def test_fields_and_schemas_are_those_that_dbt_finds() -> None:
    assert TestConfig._get_field_names() == [name for _, name in TestConfig._get_fields()]
    assert NodeConfig._get_field_names() == [name for _, name in NodeConfig._get_fields()]
    asked: list[Any] = []
    adapter: Any = SimpleNamespace()
    configs = [SimpleNamespace(database="d", schema=schema, identifier=at) for at, schema in enumerate("aba")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(lean_dbt._as_dbt, "cache_schemas", lambda _, found: asked.extend(found))
        lean_dbt._get_cache_schemas(adapter, configs)
    assert {(one.database, one.schema) for one in asked} == {("d", "a"), ("d", "b")}
    assert len(asked) == 2
