"""Restore a backup into an empty home: made beside its place, and moved there when it is complete.

Everything that could speak against it (the wrong key, a damaged archive, a home in use) is looked at before anything
is written. The next run builds all layers from raw, as after a changed rule; readers have the last release at once.
"""

import secrets
import shutil
from pathlib import Path

from psycopg import sql

from orchestration.backup.manifest import ARCHIVE, BackupError, BackupManifest, read_manifest
from orchestration.backup.programs import Progress, run_program
from orchestration.database import ensure_ready, stop
from orchestration.database.binaries import find_binaries
from orchestration.database.cluster import ADMIN, start_locked
from orchestration.database.connections import open_connection, parameters
from orchestration.database.home import locked, make_folders, make_passwords, places
from orchestration.database.provisioning import make_database_and_roles
from orchestration.database.roles import ROLES
from orchestration.identity import KeyMismatchError, KeyMissingError, check_key, key_fingerprint, key_source, load_key
from orchestration.model_rules import forget_rules
from orchestration.settings import Settings

# What may lie in a home that counts as empty: what a person puts there before, and what is written on failure.
MAY_BE_THERE = ("pseudonym.key", "landing", "errors.log")
DRAFT = "restoring-"


def restore_backup(settings: Settings, folder: Path, progress: Progress) -> BackupManifest:
    """Restore the backup in ``folder`` into the home of ``settings``; returns its manifest.

    Raises BackupError, KeyMissingError or KeyMismatchError before anything is written; what is stopped later leaves
    the home empty, or a draft that the next attempt clears away.
    """
    if settings.target != "embedded":
        raise BackupError(f"The database at {settings.pg_host} is restored by its own means, not by this command.")
    folder = folder.expanduser().absolute()
    manifest = read_manifest(folder)
    _check(settings, folder, manifest)
    make_folders_of_home(settings)
    draft = settings.model_copy(update={"home": settings.home / f"{DRAFT}{secrets.token_hex(4)}", "pg_port": None})
    try:
        _fill(draft, folder / ARCHIVE, manifest, progress)
        check_key(draft, _key(settings))
        stop(draft)
        _move(draft.home, settings.home)
    finally:
        _clear_drafts(settings)
    return manifest


def make_folders_of_home(settings: Settings) -> None:
    """Make the home folder as a start of the database would, but nothing in it."""
    existed = settings.home.exists()
    if not existed:
        make_folders(places(settings))
        places(settings).folder.rmdir()


def _key(settings: Settings) -> bytes | None:
    try:
        return load_key(settings, create=False)
    except KeyMissingError:
        return None


def _check(settings: Settings, folder: Path, manifest: BackupManifest) -> None:
    major = find_binaries(settings).major
    if major < manifest.postgres_major:
        raise BackupError(
            f"{folder} was taken from PostgreSQL {manifest.postgres_major}, and the binaries are PostgreSQL {major}: "
            "set WAREHOUSE_PG_BIN to newer ones, or leave it unset."
        )
    if manifest.environment != settings.environment:
        raise BackupError(
            f"{folder} holds {manifest.environment} data, and this home is {settings.environment}: set "
            f"WAREHOUSE_ENVIRONMENT={manifest.environment}."
        )
    if settings.home.exists():
        _clear_drafts(settings)
        there = sorted(path.name for path in settings.home.iterdir() if path.name not in MAY_BE_THERE)
        if there:
            raise BackupError(
                f"{settings.home} is not empty ({', '.join(there[:5])}): set WAREHOUSE_HOME to an empty folder; it may "
                "hold the key of the pseudonyms and the landing folder."
            )
    if manifest.key_fingerprint is None:
        return
    found = key_fingerprint(load_key(settings, create=False))
    if found != manifest.key_fingerprint:
        raise KeyMismatchError(
            f"The key here ({key_source(settings)}) has the fingerprint {found}, and the backup was taken with "
            f"{manifest.key_fingerprint} ({manifest.key_source}): put that key in its place. Nothing was written."
        )


def _fill(draft: Settings, archive: Path, manifest: BackupManifest, progress: Progress) -> None:
    progress("starting an empty database")
    where = places(draft)
    with locked(where):
        start_locked(draft)
        make_passwords(where, (ADMIN, *ROLES))
    make_database_and_roles(draft)
    known = parameters(draft, ADMIN)
    with open_connection(draft, known, autocommit=True) as connection:
        there = {name for (name,) in connection.execute("select rolname from pg_roles")}
        for name, groups in manifest.other_roles.items():
            if name in there:  # one of ours by now
                continue
            connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(name)))
            for group in groups:
                connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(name)))
    arguments = [f"--dbname={draft.pg_database}", "--exit-on-error", "--jobs=2", str(archive)]
    run_program(draft, "pg_restore", known, arguments, progress)
    progress("bringing roles and tables up to this version")
    ensure_ready(draft)
    with open_connection(draft, known, autocommit=True) as connection:
        forget_rules(connection)
        connection.execute("analyze")


def _move(draft: Path, home: Path) -> None:
    """Passwords first: the database is there when its folder is."""
    (draft / "passwords.json").replace(home / "passwords.json")
    try:
        (draft / "postgres").rename(home / "postgres")
    except OSError as error:
        raise BackupError(
            f"{home / 'postgres'} has appeared meanwhile ({error.strerror}): the backup is not restored."
        ) from None


def _clear_drafts(settings: Settings) -> None:
    """What a restore that was stopped has left, with the server that may still run in it."""
    for left in settings.home.glob(f"{DRAFT}*"):
        stop(settings.model_copy(update={"home": left}))
        shutil.rmtree(left, ignore_errors=True)
    if not (settings.home / "postgres").exists() and settings.home.exists():
        (settings.home / "passwords.json").unlink(missing_ok=True)
