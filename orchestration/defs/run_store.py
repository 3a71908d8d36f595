"""Dagster's storage in SQLite: opened with doubt, and kept from growing for ever.

What happened to deliveries and releases is on the ledger, in the database. This is the history of runs for Dagster's
pages; it can be made anew, and what is older than a setting says goes with the nightly build.
"""

import contextlib
import datetime as dt
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from orchestration.derived import as_folder, open_to_group, say_made_anew
from orchestration.services import dagster_home
from orchestration.settings import Settings

DATABASES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
FOLDERS = ("history", "history/runs", "schedules", "storage")
BESIDE = ("", "-wal", "-shm", "-journal")
HEADER = b"SQLite format 3\0"
BATCH = 100
ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def sound_run_store(settings: Settings, thorough: bool = False) -> Path:
    """Dagster's home with storage that can be read; a database that cannot is set aside and made anew.

    ``thorough`` looks at every page; without it at what a look takes a moment for. The run of a process that was
    killed stays as it was; of a home that was copied badly only what is damaged is lost.
    """
    home = dagster_home(settings)
    for name in FOLDERS:
        as_folder(home / name)
    for name in DATABASES:
        path = home / name
        why = _damage(path, thorough)
        if why:
            say_made_anew(path, why)
            _set_aside(path)
    return home


def shared_run_store(settings: Settings) -> None:
    """Make Dagster's storage for a group to use, where its folder is one that a group shares; else do nothing.

    On a server the pages are a user of their own, who reads what the daemon writes, and SQLite's readers write too.
    """
    home = dagster_home(settings)
    if not home.stat().st_mode & stat.S_ISGID:
        return
    sound_run_store(settings)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        instance.get_runs_count()
        instance.all_instigator_state()
    for name in DATABASES:
        open_to_group(home / name)


def _damage(path: Path, thorough: bool) -> str | None:
    """What is wrong with an SQLite database; None if nothing is, or there is none."""
    if path.is_dir():
        return "a folder stands there"
    if not path.exists():
        return None
    try:
        with path.open("rb") as file:
            if file.read(len(HEADER)) != HEADER:
                return "no SQLite database"
        with contextlib.closing(sqlite3.connect(path)) as connection:
            # written last when Dagster makes a database; one that it began and never ended it does not mend
            if not connection.execute("select 1 from sqlite_master where name = 'alembic_version'").fetchone():
                return "not made to the end"
            if path.stat().st_size < 2**25 or thorough:  # a tenth of a second
                found = connection.execute("pragma quick_check(1)").fetchone()[0]
                return None if found == "ok" else "damaged pages"
    except sqlite3.OperationalError as error:  # in use, or a full disk: nothing that a new one would mend
        return "no SQLite database" if "disk image" in str(error) else None
    except sqlite3.DatabaseError:
        return "no SQLite database"
    return None


def _set_aside(path: Path) -> None:
    for ending in BESIDE:
        found, aside = Path(f"{path}{ending}"), Path(f"{path}.damaged{ending}")
        if aside.is_dir():
            shutil.rmtree(aside)
        if found.exists():
            if found.is_dir() and not ending:
                shutil.rmtree(found)
            else:
                found.replace(aside)


def prune_runs(instance: dg.DagsterInstance, settings: Settings) -> int:
    """Delete ended runs older than ``runs_kept_days`` with their events and files; returns how many.

    The run in which an asset was last made stays, so that each asset still knows its state. A delivery whose run is
    gone leaves Dagster's list of partitions; the ledger keeps it.
    """
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=settings.runs_kept_days)
    kept = _last_of_each_asset(instance)
    deleted = 0
    for run in _ended_before(instance, before):
        if run.run_id in kept:
            continue
        instance.delete_run(run.run_id)
        _remove_files(settings, run.run_id)
        partition = run.tags.get("dagster/partition")
        if partition is not None and not instance.get_run_records(
            dg.RunsFilter(tags={"dagster/partition": partition}), limit=1
        ):
            instance.delete_dynamic_partition("deliveries", partition)
        deleted += 1
    _remove_orphans(instance, settings, before)
    return deleted


def _last_of_each_asset(instance: dg.DagsterInstance) -> set[str]:
    records = instance.get_asset_records()
    return {
        record.asset_entry.last_materialization_record.run_id
        for record in records
        if record.asset_entry.last_materialization_record is not None
    }


def _ended_before(instance: dg.DagsterInstance, before: dt.datetime) -> Iterator[dg.DagsterRun]:
    cursor: str | None = None
    while True:
        runs = instance.get_runs(
            filters=dg.RunsFilter(statuses=list(ENDED), updated_before=before), limit=BATCH, cursor=cursor
        )
        yield from runs
        if len(runs) < BATCH:
            return
        cursor = runs[-1].run_id


def _remove_files(settings: Settings, run_id: str) -> None:
    home = dagster_home(settings)
    for ending in BESIDE:
        (home / "history" / "runs" / f"{run_id}.db{ending}").unlink(missing_ok=True)
    shutil.rmtree(home / "storage" / run_id, ignore_errors=True)


def _remove_orphans(instance: dg.DagsterInstance, settings: Settings, before: dt.datetime) -> None:
    """Files of runs that no longer are: left by a process that was killed, or by a storage that was made anew."""
    home = dagster_home(settings)
    found = {path.name.partition(".db")[0]: path for path in (home / "history" / "runs").glob("*.db")}
    found |= {path.name: path for path in (home / "storage").iterdir()}
    for run_id, path in found.items():
        try:
            is_old = path.stat().st_mtime < before.timestamp()
        except FileNotFoundError:
            continue
        if is_old and run_id != "index" and instance.get_run_by_id(run_id) is None:
            _remove_files(settings, run_id)
