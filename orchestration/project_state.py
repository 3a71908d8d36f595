"""Which dbt project the layers were last built with, so that a changed rule reaches what is already there.

Two hashes of the project's files: of those that make rows (SQL, seeds, thresholds), and of all of them. A changed
rule rebuilds every layer from raw; where nothing has changed at all, a night spares itself looking up what
cannot have changed either.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import psycopg

from orchestration.settings import Settings

FOLLOWED_BY_ITSELF = "local_attendance_codes.csv"
"""A seed whose changes reach the past by themselves: the openings keep a hash of it by authority."""


@dataclass(frozen=True)
class ProjectState:
    """Hashes of a dbt project: of what makes rows, and of everything."""

    rules: str
    files: str


def _files(settings: Settings) -> list[Path]:
    folders = [settings.dbt_dir / part for part in ("models", "macros", "tests")] + [settings.seeds_dir]
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".sql", ".yml", ".csv"}]
    return sorted(found, key=lambda path: path.as_posix())


def project_state(settings: Settings) -> ProjectState:
    """State of the project's files as they are now; by name and content, so that a copy elsewhere is the same."""
    rules, files = hashlib.sha256(), hashlib.sha256()
    thresholds = settings.dbt_dir / "dbt_project.yml"
    for path in [thresholds, *_files(settings)]:
        line = f"{path.parent.name}/{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode()
        files.update(line)
        is_test = path.is_relative_to(settings.dbt_dir / "tests")
        makes_rows = path == thresholds or (path.suffix in {".sql", ".csv"} and path.name != FOLLOWED_BY_ITSELF)
        if makes_rows and not is_test:
            rules.update(line)
    return ProjectState(rules.hexdigest(), files.hexdigest())


def last_built(connection: psycopg.Connection) -> ProjectState | None:
    """State that the last good build was made with; None before the first."""
    row = connection.execute("select rules_hash, files_hash from control.project_state").fetchone()
    return ProjectState(str(row[0]), str(row[1])) if row else None


def record_built(connection: psycopg.Connection, state: ProjectState) -> None:
    """Note that everything stands as ``state`` makes it. Part of the caller's transaction."""
    connection.execute(
        """
        insert into control.project_state (rules_hash, files_hash, built_at) values (%s, %s, now())
        on conflict (only_row) do update
        set rules_hash = excluded.rules_hash, files_hash = excluded.files_hash, built_at = excluded.built_at
        """,
        [state.rules, state.files],
    )


def forget_built(connection: psycopg.Connection) -> None:
    """Note that what stands is of no known project, so that the next build makes every layer from raw."""
    connection.execute("update control.project_state set rules_hash = 'restored', files_hash = 'restored'")


def missing_views(connection: psycopg.Connection, views: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of ``views`` (schema, name), those that the database does not have: dropped with a table they stood on."""
    rows = connection.execute("select schemaname, viewname from pg_views").fetchall()
    return views - {(str(schema), str(name)) for schema, name in rows}
