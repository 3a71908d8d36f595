"""Which models a changed project has to build anew: those whose rule has changed, and what stands on them.

A model's rule is its SQL, how it is stored, the columns and keys of its contract, the macros that it calls with what
these call, and the thresholds (vars) that any of these read; a seed's is its rows. What dbt calls by name alone
(materializations, strategies, hooks) is part of every model's rule. A description, an owner or a test is part of none.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from orchestration.database import advisory_lock, connect
from orchestration.parsed_project import ParsingError
from orchestration.project_state import FOLLOWED_BY_ITSELF, IN_WORK
from orchestration.settings import Settings
from orchestration.transform import ensure_manifest
from orchestration.yaml_files import read_yaml

Manifest = Mapping[str, Any]
WITHOUT_ROWS = {"check_project", "note_failed_tests", "note_subjects"}
"""Macros that look at the project or at tests and make no rows."""
Rules = dict[str, str]
"""Hash of the rule by unique id of the model or seed."""
VAR = re.compile(r"\bvar\(\s*(['\"])(\w+)\1")
ANY_VAR = re.compile(r"\bvar\(")
CALL = re.compile(r"\b(\w+)\s*\(")
STORED = ("materialized", "incremental_strategy", "unlogged", "alias", "schema", "column_types", "quote_columns")
"""What a node's config says of its rows, beside the keys of ``meta`` that the strategies read."""
LAID_OUT = (
    "scope_columns", "month_column", "notes_months", "by_month", "months_before", "in_key_order", "fillfactor",
    "also_follow", "follow_only",
)  # fmt: skip
"""Keys of ``config.meta`` that say how a table is laid out and followed (``macros/core/scopes/replace_scope.sql``)."""


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _thresholds(settings: Settings) -> dict[str, Any]:
    project = read_yaml(settings.dbt_dir / "dbt_project.yml")
    return dict(project.get("vars") or {})


def _calls(text: str, by_name: Mapping[str, str]) -> list[str]:
    """Macros that a text calls, also where dbt does not come by when it parses (``if execute``)."""
    return [by_name[name] for name in set(CALL.findall(text)) & by_name.keys()]


def _closure(macros: Mapping[str, str], first: Iterable[str]) -> set[str]:
    by_name = {key.rsplit(".", 1)[-1]: key for key in macros}
    found, waiting = set(), list(first)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_calls(macros[name], by_name))
    return found


def _of_texts(texts: Iterable[str], thresholds: Mapping[str, Any]) -> list[object]:
    """Texts, and the thresholds that they read: all of them where a name is worked out."""
    parts = sorted(texts)
    names = {match[2] for text in parts for match in VAR.finditer(text)}
    is_named = sum(len(VAR.findall(text)) for text in parts) == sum(len(ANY_VAR.findall(text)) for text in parts)
    return [*parts, {name: value for name, value in thresholds.items() if name in names or not is_named}]


def rules_of(settings: Settings, manifest: Manifest) -> Rules:
    """Hash of the rule of each model and seed of a parsed project; a seed that is followed by itself has none."""
    package = manifest["metadata"]["project_name"]
    macros = {key: str(m["macro_sql"]) for key, m in manifest["macros"].items() if m["package_name"] == package}
    names = {key.rsplit(".", 1)[-1]: key for key in macros}
    rows = [node for node in manifest["nodes"].values() if node["resource_type"] in {"model", "seed"}]
    thresholds = _thresholds(settings)
    called = _closure(macros, (key for node in rows for key in _calls(node.get("raw_code") or "", names)))
    makes_rows = {key for name, key in names.items() if name not in WITHOUT_ROWS and not name.startswith("test_")}
    by_name = _closure(macros, makes_rows - called)
    of_all = _digest(*_of_texts((macros[key] for key in by_name), thresholds))
    found = {}
    for node in rows:
        config = node["config"]
        stored = [config.get(key) for key in STORED]
        if node["resource_type"] == "seed":
            if node["path"].rsplit("/", 1)[-1] != FOLLOWED_BY_ITSELF:
                found[node["unique_id"]] = _digest(node["checksum"]["checksum"], stored)
            continue
        calls = _closure(macros, _calls(node["raw_code"], names))
        texts = [node["raw_code"], *(macros[key] for key in calls)]
        columns = [(name, c.get("data_type"), c.get("constraints")) for name, c in node["columns"].items()]
        laid_out = [(config.get("meta") or {}).get(key) for key in LAID_OUT]
        keys = node.get("constraints")
        found[node["unique_id"]] = _digest(of_all, _of_texts(texts, thresholds), stored, laid_out, columns, keys)
    return found


def recorded_rules(connection: psycopg.Connection) -> Rules:
    """Rules by which the standing rows of each model were made; empty where that is not known."""
    rows = connection.execute("select unique_id, rules_hash from control.model_rules").fetchall()
    return {str(unique_id): str(rules) for unique_id, rules in rows}


def changed_rules(before: Rules, now: Rules) -> set[str]:
    """Models and seeds that are new or whose rule is another one."""
    return {unique_id for unique_id, rules in now.items() if before.get(unique_id) != rules}


def with_descendants(manifest: Manifest, first: Iterable[str]) -> set[str]:
    """Models and seeds, with all models that stand on them, directly or through others."""
    found, waiting = set(), list(first)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(child for child in manifest["child_map"].get(node, ()) if child.startswith("model."))
    return found


def note_in_work(connection: psycopg.Connection, nodes: Iterable[str]) -> None:
    """Note that rows of these models may be of a rule that is not the recorded one, until a build ends well.

    Whoever takes an edit back after half a build gets them built anew.
    """
    connection.execute("update control.project_state set files_hash = %s", [IN_WORK])
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into control.model_rules (unique_id, rules_hash) values (%s, %s)
            on conflict (unique_id) do update set rules_hash = excluded.rules_hash
            """,
            [(unique_id, IN_WORK) for unique_id in sorted(nodes)],
        )


def record_rules(connection: psycopg.Connection, rules: Rules) -> None:
    """Note that every model's rows are of these rules. Part of the caller's transaction."""
    connection.execute("delete from control.model_rules")
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into control.model_rules (unique_id, rules_hash) values (%s, %s)", sorted(rules.items())
        )


@contextmanager
def alone_with_the_layers(settings: Settings) -> Iterator[None]:
    """For dbt by hand: no other build while it lasts, and what it makes by edited models is noted as in work."""
    with connect(settings, "transformer", autocommit=True) as connection, advisory_lock(connection, "build"):
        before = recorded_rules(connection)
        with suppress(ParsingError):  # dbt says why
            manifest = json.loads(ensure_manifest(settings).read_text(encoding="utf-8"))
            changed = changed_rules(before, rules_of(settings, manifest)) if before else set()
            if changed:
                note_in_work(connection, changed)
        yield


def forget_rules(connection: psycopg.Connection) -> None:
    """Note that what stands is of no known project, so that the next build makes every layer from raw."""
    connection.execute("update control.project_state set files_hash = 'restored'")
    connection.execute("delete from control.model_rules")
