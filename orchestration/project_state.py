"""Which files the layers were last built with, so that a changed project is seen and a standing one is trusted.

Where nothing has changed at all, a night spares itself looking up what cannot have changed either. What a changed
file means for what stands is told by ``model_rules``.
"""

import hashlib
from pathlib import Path

import psycopg

from orchestration.settings import Settings

FOLLOWED_BY_ITSELF = "local_attendance_codes.csv"
"""A seed whose changes reach the past by themselves: the openings keep a hash of it by authority."""
IN_WORK = "in work"
"""In place of a hash while a build by other files than the recorded ones has not ended well."""


def _files(settings: Settings) -> list[Path]:
    folders = [settings.dbt_dir / part for part in ("models", "macros", "tests")] + [settings.seeds_dir]
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".sql", ".yml", ".csv"}]
    return sorted(found, key=lambda path: path.as_posix())


def project_state(settings: Settings) -> str:
    """Hash of the project's files as they are now; by name and content, so that a copy elsewhere is the same."""
    files = hashlib.sha256()
    for path in [settings.dbt_dir / "dbt_project.yml", *_files(settings)]:
        files.update(f"{path.parent.name}/{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return files.hexdigest()


def last_built(connection: psycopg.Connection) -> str | None:
    """Hash of the files that the last good build was made with; None before the first."""
    row = connection.execute("select files_hash from control.project_state").fetchone()
    return str(row[0]) if row else None


def record_built(connection: psycopg.Connection, files: str) -> None:
    """Note that everything stands as the project with this hash makes it. Part of the caller's transaction."""
    connection.execute(
        """
        insert into control.project_state (files_hash, built_at) values (%s, now())
        on conflict (only_row) do update set files_hash = excluded.files_hash, built_at = excluded.built_at
        """,
        [files],
    )


def missing_views(connection: psycopg.Connection, views: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of ``views`` (schema, name), those that the database does not have: dropped with a table they stood on."""
    rows = connection.execute("select schemaname, viewname from pg_views").fetchall()
    return views - {(str(schema), str(name)) for schema, name in rows}
