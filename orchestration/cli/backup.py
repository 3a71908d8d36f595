"""Commands: backup, and restore of a backup or of a withdrawn delivery."""

import getpass
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.output import Exit, console, fail
from orchestration.settings import Settings, load_settings

if TYPE_CHECKING:
    from orchestration.backup import BackupManifest

DELIVERY = re.compile(r"[A-Z][0-9]{8}/[0-9]{4}-[0-9]{2}-[0-9]{2}(-[0-9]+)?")
BY_ITS_OWN_MEANS = """The database is a server's ({host}): back it up by its own means, such as

  pg_dump --format=custom --file=warehouse.dump --host={host} --port={port} --username={admin} {database}
  pg_restore --host={host} --port={port} --username={admin} --dbname={database} warehouse.dump

or base backups and the write-ahead log (docs/backup.md). Copy the key of the pseudonyms (WAREHOUSE_PSEUDONYM_KEY) to
another place than the backup."""


def backup(
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet; it appears when all is written.")],
) -> None:
    """Back up the embedded database while it is at work: raw, ledger, identities, releases and what was hidden.

    The key of the pseudonyms is not in it: copy it to another place. The layers that dbt makes are not in it either;
    the first run after a restore builds them from raw.

    Example: `warehouse backup /backups/2025-11-29`
    """
    from orchestration.backup import take_backup

    settings = load_settings()
    _embedded_only(settings)
    started = time.monotonic()
    with console.status("Backing up ...") as shown:
        manifest = take_backup(settings, folder, lambda text: shown.update(f"Backing up: {text} ..."))
    console.print(
        f"{folder}: {manifest.archive_bytes / 1e6:,.1f} MB in {_seconds(started)}. {_contents(manifest)}",
        soft_wrap=True, highlight=False, markup=False,
    )  # fmt: skip
    key = f"fingerprint {manifest.key_fingerprint}" if manifest.key_fingerprint else "no key is known here"
    console.print(
        f"Not in it: the key of the pseudonyms ({manifest.key_source}, {key}); copy it to another place than this "
        "folder. Nor the extracts in the landing folder, nor passwords, which a restore makes anew.",
        soft_wrap=True, highlight=False, markup=False,
    )  # fmt: skip


def _seconds(started: float) -> str:
    return f"{time.monotonic() - started:.0f} s"


def _contents(manifest: "BackupManifest") -> str:
    return (
        f"{manifest.deliveries} deliveries, {manifest.releases} releases, {manifest.hidden_cells} hidden cells "
        "remembered."
    )


def restore(
    what: Annotated[
        str, typer.Argument(help="The folder of a backup, or a withdrawn delivery, such as S12000005/2025-09-01.")
    ],
    reason: Annotated[
        str | None, typer.Option("--reason", help="Of a delivery: why; it stands in the ledger. No pupil's details.")
    ] = None,
) -> None:
    """Restore a backup into an empty home, or put a withdrawn delivery back in force.

    A backup is refused before anything is written if it is damaged, if the home is not empty, or if the key of the
    pseudonyms is not the one that it was taken with.

    Examples:

        warehouse restore /backups/2025-11-29

        warehouse restore S12000005/2025-09-01 --reason "the dates were right"
    """
    from orchestration.backup import is_backup
    from orchestration.database import ensure_ready
    from orchestration.landing import restore as restore_delivery

    folder, settings = Path(what).expanduser(), load_settings()
    if reason is None:
        if DELIVERY.fullmatch(what) and not is_backup(folder):
            raise fail(f"to put the delivery {what} back in force say why, with --reason", Exit.USAGE)
        return _restore_backup(settings, folder)
    ensure_ready(settings)
    for line in restore_delivery(settings, what, reason, getpass.getuser()):
        console.print(line, highlight=False, markup=False)
    console.print(f"{what} counts again. [bold]warehouse run[/] takes it into every layer.")


def _restore_backup(settings: Settings, folder: Path) -> None:
    from orchestration.backup import restore_backup

    _embedded_only(settings)
    started = time.monotonic()
    with console.status("Restoring ...") as shown:
        manifest = restore_backup(settings, folder, lambda text: shown.update(f"Restoring: {text} ..."))
    console.print(
        f"{settings.home} is as it was at {manifest.taken_at} ({_seconds(started)}). "
        f"{_contents(manifest)} Readers have the last release after `warehouse up`; `warehouse run` builds the layers "
        "from raw and goes on.",
        soft_wrap=True, highlight=False, markup=False,
    )  # fmt: skip
    if manifest.other_roles:
        names = ", ".join(manifest.other_roles)
        console.print(f"These logins have no password yet: {names}.", soft_wrap=True, highlight=False, markup=False)


def _embedded_only(settings: Settings) -> None:
    if settings.target != "embedded":
        words = BY_ITS_OWN_MEANS.format(
            host=settings.pg_host, port=settings.pg_port or 5432, admin=settings.pg_admin_user,
            database=settings.pg_database,
        )  # fmt: skip
        raise fail(words, Exit.USAGE)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(backup)
    app.command()(restore)
