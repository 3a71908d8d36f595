"""Take a backup while the warehouse is at work: one moment of the database, as PostgreSQL's snapshots show it.

A file lands in one transaction, a release is one, and so are the identities of a run: the snapshot has each of them
whole or not at all. Only tables that cannot be made again are read, so a build is not in the way, nor in its own.
"""

import datetime as dt
import json
import os
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from psycopg import Connection

from orchestration.backup.manifest import ARCHIVE, FORMAT, MANIFEST, BackupError, BackupManifest, sha256_of
from orchestration.backup.programs import Progress, run_program
from orchestration.database import ensure_ready
from orchestration.database.binaries import find_binaries
from orchestration.database.cluster import ADMIN
from orchestration.database.connections import open_connection, parameters
from orchestration.database.personal import own_schemas
from orchestration.database.roles import OWNERS, ROLES, SCHEMAS
from orchestration.identity import KeyMissingError, key_fingerprint, key_source, load_key
from orchestration.settings import Settings

MADE_BY_DBT = tuple(name for name, schema in SCHEMAS.items() if schema.create == ("transformer",) and name != "control")
LOCK_SECONDS = 120
ABANDONED_AFTER = 86_400.0  # seconds


def take_backup(settings: Settings, folder: Path, progress: Progress) -> BackupManifest:
    """Write a backup of the embedded database into a new folder; returns its manifest.

    ``progress`` gets a line per large table. The folder appears when everything is written and checked. Raises
    BackupError if it is there already, or if the database is not the embedded one.
    """
    if settings.target != "embedded":
        raise BackupError(f"The database at {settings.pg_host} is backed up by its own means, not by this command.")
    folder = folder.expanduser().absolute()
    if folder.exists() or folder.is_symlink():
        raise BackupError(f"{folder} is there already: name a folder that is not.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(folder)
    ensure_ready(settings)
    draft = folder.with_name(f".{folder.name}.part-{secrets.token_hex(4)}")
    draft.mkdir(mode=0o700)
    try:
        manifest = _write(settings, draft, progress)
        if folder.exists():
            raise BackupError(f"{folder} has appeared meanwhile: name another folder.")
        draft.rename(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def _write(settings: Settings, draft: Path, progress: Progress) -> BackupManifest:
    known, archive = parameters(settings, ADMIN), draft / ARCHIVE
    with open_connection(settings, known, autocommit=False) as connection:
        connection.execute("set transaction isolation level repeatable read read only")
        snapshot = _value(connection, "select pg_export_snapshot()")
        facts = _facts(connection)
        arguments = [
            "--format=custom", "--compress=gzip:3", f"--snapshot={snapshot}", f"--file={archive}",
            f"--lock-wait-timeout={LOCK_SECONDS * 1000}", f"--dbname={settings.pg_database}",
            *(f"--exclude-schema={name}" for name in (*MADE_BY_DBT, "public", *own_schemas(connection))),
            *(f"--exclude-table={name}" for name in _made_by_dbt_elsewhere(connection)),
        ]  # fmt: skip
        run_program(settings, "pg_dump", known, arguments, progress)
    progress("reading it back")
    run_program(settings, "pg_restore", known, ["--file=/dev/null", str(archive)], lambda _: None)
    manifest = BackupManifest(
        format=FORMAT,
        taken_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        code_version=settings.code_version,
        postgres_major=find_binaries(settings).major,
        database=settings.pg_database,
        environment=settings.environment,
        key_fingerprint=_fingerprint(settings),
        key_source=key_source(settings),
        archive_bytes=archive.stat().st_size,
        archive_sha256=sha256_of(archive),
        **facts,
    )
    (draft / MANIFEST).write_text(json.dumps(manifest.model_dump(), indent=2) + "\n")
    for path in (archive, draft / MANIFEST):
        path.chmod(0o600)
    for path in (archive, draft / MANIFEST, draft):
        _sync(path)
    return manifest


def _facts(connection: Connection) -> dict[str, Any]:
    return {
        "latest_event": int(_value(connection, "select coalesce(max(event_id), 0) from control.ledger_events")),
        "deliveries": int(_value(connection, "select count(*) from control.deliveries")),
        "releases": int(_value(connection, "select count(*) from control.releases")),
        "hidden_cells": int(_value(connection, "select count(*) from control.hidden_cells")),
        "other_roles": _other_roles(connection),
    }


def _other_roles(connection: Connection) -> dict[str, list[str]]:
    """Roles that people have made, with what they are members of: grants in the archive name them."""
    rows = connection.execute(
        """
        select roles.rolname, coalesce(array_agg(groups.rolname) filter (where groups.rolname is not null), '{}')
        from pg_roles as roles
        left join pg_auth_members as members on members.member = roles.oid
        left join pg_roles as groups on groups.oid = members.roleid
        where roles.rolname not like 'pg\\_%%' and not roles.rolsuper and roles.rolname <> all(%s)
        group by roles.rolname
        order by roles.rolname
        """,
        ([*OWNERS, *ROLES],),
    ).fetchall()
    return {str(name): [str(group) for group in groups] for name, groups in rows}


def _made_by_dbt_elsewhere(connection: Connection) -> list[str]:
    """Tables and views of dbt in schemas that others write as well, as patterns of pg_dump."""
    rows = connection.execute(
        """
        select format('%%I.%%I', pg_namespace.nspname, pg_class.relname)
        from pg_class
        inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
        where pg_get_userbyid(pg_class.relowner) = 'transformer'
            and pg_class.relkind = any('{r,p,v,m,f,S}')
            and pg_namespace.nspname <> all(%s)
            and pg_namespace.nspname not like 'pg\\_%%'
        order by 1
        """,
        (list(MADE_BY_DBT),),
    ).fetchall()
    return [str(name) for (name,) in rows]


def _fingerprint(settings: Settings) -> str | None:
    try:
        return key_fingerprint(load_key(settings, create=False))
    except KeyMissingError:
        return None  # nothing has needed a key yet, or this process is not given it


def _value(connection: Connection, query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _clear_abandoned(folder: Path) -> None:
    for left in folder.parent.glob(f".{folder.name}.part-*"):
        if time.time() - left.stat().st_mtime > ABANDONED_AFTER:
            shutil.rmtree(left, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
