"""Connections, locks, and what dbt is told."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from orchestration.database import (
    DatabaseError,
    LockBusyError,
    NotRunningError,
    advisory_lock,
    connect,
    dbt_environment,
    dsn,
    engine,
)
from orchestration.settings import PROJECT_DIR, Settings


def test_an_address_connects_as_its_role(settings: Settings) -> None:
    with psycopg.connect(dsn(settings, "analyst")) as connection:
        assert connection.execute("select current_user").fetchone() == ("shared_analyst",)
    shown = dsn(settings, "analyst", password=False)
    assert shown.startswith("postgresql://shared_analyst@127.0.0.1:")
    with engine(settings, "dashboard").connect() as through_sqlalchemy:
        assert through_sqlalchemy.exec_driver_sql("show application_name").scalar() == "warehouse dashboard"


def test_odd_characters_in_names_and_passwords_survive(server_settings: Settings) -> None:
    odd = server_settings.model_copy(
        update={
            "pg_host": "::1",
            "pg_database": "a b/c",
            "analyst_password": type(server_settings.loader_password)("p@:/?"),
        }
    )
    known = psycopg.conninfo.conninfo_to_dict(dsn(odd, "analyst"))
    assert (known["host"], known["dbname"], known["password"]) == ("::1", "a b/c", "p@:/?")


def test_errors_say_what_to_do(settings: Settings, server_settings: Settings) -> None:
    with pytest.raises(DatabaseError, match="use one of loader"):
        connect(settings, "nobody")
    nowhere = server_settings.model_copy(update={"pg_port": 1})
    with pytest.raises(NotRunningError, match="WAREHOUSE_PG_HOST"):
        connect(nowhere, "loader")
    stranger = server_settings.model_copy(update={"loader_password": None})
    with pytest.raises(DatabaseError, match="WAREHOUSE_LOADER_PASSWORD") as refused:
        connect(stranger, "loader")
    assert refused.value.__cause__ is None


def test_one_process_at_a_time_holds_a_lock(settings: Settings) -> None:
    with connect(settings, "transformer", autocommit=True) as build, connect(settings, "releaser") as release:
        with advisory_lock(build, "build"):
            assert release.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
            began = time.monotonic()
            with pytest.raises(LockBusyError, match="run this again"), advisory_lock(release, "build", 2.5):
                pass
            assert time.monotonic() - began >= 2.5  # longer than the releaser's lock_timeout
            with advisory_lock(release, "landing", 0):
                pass
        with pytest.raises(psycopg.errors.DivisionByZero), advisory_lock(release, "build", 0):
            release.execute("select 1 / 0")
        with advisory_lock(build, "build", 0):
            pass


def test_dbt_connects_as_the_transformer_and_keeps_the_password_to_itself(settings: Settings, tmp_path: Path) -> None:
    told = dbt_environment(settings)
    project = tmp_path / "project"
    project.mkdir()
    (project / "dbt_project.yml").write_text("name: probe\nversion: '1'\nprofile: warehouse\n")
    done = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "debug", "--project-dir", project, "--log-path", tmp_path / "logs",
         "--log-level-file", "debug", "--connection"],
        env=told | {"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT_DIR,
    )  # fmt: skip
    assert "OK connection ok" in done.stdout, done.stdout
    password = next(value for name, value in told.items() if "SECRET" in name)
    assert password not in done.stdout
    for log in (tmp_path / "logs").rglob("*"):
        assert password not in log.read_text()
