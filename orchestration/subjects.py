"""Whose figures rest on what in the dbt project: a subject is a folder below each layer, as in ``subjects.sql``.

What only reports, such as the balance sheet, is of nobody: everything stands below it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import psycopg

Manifest = Mapping[str, Any]
REPORTS = ("control_balance", "control_reconciliation")
ALWAYS = ("core", "attendance")
"""Subjects without which there is no warehouse; the others wait until the first file of a feed of theirs has landed."""
LANDED = "select distinct feed from control.files where status = 'landed'"
ANY_EVENT = 2**63 - 1
"""Ledger state that a model reflects while it waits: none of its files has landed, whatever else has."""


def own_subject(node: Mapping[str, Any]) -> str | None:
    """Folder below the layer; None of staged models, seeds and what reports."""
    is_of_one = node["resource_type"] == "model" and node["fqn"][1] != "staged" and len(node["fqn"]) > 3
    return str(node["fqn"][2]) if is_of_one and not node["name"].startswith(REPORTS) else None


def subjects_on(manifest: Manifest, first: Iterable[str]) -> set[str]:
    """Subjects of nodes (by unique id) and of all models that stand on them, directly or through others."""
    nodes, found, waiting = manifest["nodes"], set(), list(first)
    subjects: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found.add(key)
        node = nodes.get(key)
        if node is not None and (own := own_subject(node)) is not None:
            subjects.add(own)
        children = (child for child in manifest["child_map"].get(key, ()) if child.startswith("model."))
        waiting.extend(child for child in children if not nodes[child]["name"].startswith(REPORTS))
    return subjects


def _feeds(manifest: Manifest, key: str) -> Iterator[str]:
    """Feeds that a model reads, directly or through views."""
    for parent in manifest["nodes"][key]["depends_on"]["nodes"]:
        if parent in manifest["sources"] and manifest["sources"][parent]["source_name"] == "raw":
            yield str(manifest["sources"][parent]["name"])
        elif parent in manifest["nodes"] and manifest["nodes"][parent]["config"].get("materialized") == "view":
            yield from _feeds(manifest, parent)


def waiting_models(manifest: Manifest, landed: Iterable[str]) -> set[str]:
    """Unique ids of models that have nothing to hold yet: of subjects none of whose feeds has ever landed a file.

    A subject without a feed of its own waits for none. What a model that does not wait stands on does not wait either.
    """
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    there = set(landed)
    feeds: dict[str, set[str]] = {}
    for key, node in models.items():
        if node["fqn"][1] == "canonical" and (subject := own_subject(node)) is not None:
            feeds.setdefault(subject, set()).update(_feeds(manifest, key))
    subjects = {one for one, read in feeds.items() if one not in ALWAYS and read and not read & there}
    found = {key for key, node in models.items() if own_subject(node) in subjects}
    needed = [key for key in models if key not in found]
    seen: set[str] = set()
    while needed:
        node = models[needed.pop()]
        if node["name"].startswith(REPORTS):
            continue
        for parent in node["depends_on"]["nodes"]:
            if parent in models and parent not in seen:
                seen.add(parent)
                needed.append(parent)
    return found - seen


def landed_feeds(connection: psycopg.Connection) -> set[str]:
    """Feeds of which a file has ever landed."""
    return {str(feed) for (feed,) in connection.execute(LANDED).fetchall()}


def note_waiting(connection: psycopg.Connection, models: Iterable[str], code_version: str) -> None:
    """Note models (by name) that wait as up to date with everything, and take that back of those that wait no more.

    What reports on all feeds is then of the build's own ledger state, and a model that begins is seen as never built.
    """
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("delete from control.model_builds where event_id = %s", [ANY_EVENT])
        cursor.executemany(
            "insert into control.model_builds (model, event_id, code_version, built_at) values (%s, %s, %s, now()) "
            "on conflict (model) do nothing",
            [(model, ANY_EVENT, code_version) for model in sorted(models)],
        )


def waiting_marts(connection: psycopg.Connection) -> set[str]:
    """Models (by name) that the last build noted as waiting: they have no table, and nothing of them is released."""
    query = "select model from control.model_builds where event_id = %s"
    return {str(model) for (model,) in connection.execute(query, [ANY_EVENT]).fetchall()}
