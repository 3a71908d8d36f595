"""Dagster and the dashboards as processes beside the embedded database: started, found again and stopped.

For one machine: development, demonstration, a small council. A server's own service manager does it in production
(docs/deploy.md). Each service has a file with its process number and port, and a log, in ``<home>/services``.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.database import is_alive
from orchestration.derived import (
    as_folder,
    clear_way,
    open_to_group,
    read_derived,
    read_derived_json,
    say_made_anew,
    write_derived,
)
from orchestration.errors import WarehouseError
from orchestration.running_code import code_state
from orchestration.settings import Settings

DAGSTER_YAML = """# Written by the warehouse. Telemetry off: a machine without name service waits for it at each start.
telemetry:
  enabled: false
nux:
  enabled: false
python_logs:
  python_log_level: INFO
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    max_concurrent_runs: 1
# Steps write to Dagster's event log and dbt to its own; two more processes for each step's standard output would
# cost a short run a third of its time.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
event_log_storage:
  module: orchestration.defs.event_log
  class: EventLogStorage
  config:
    base_dir: {runs}
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 7
      failure: 30
      success: 90
"""
LARGEST_LOG = 10_000_000  # bytes; at the next start a larger one becomes the log before
PATIENCE = 90.0  # seconds until a service has to answer; Dagster reads the whole project first
TOKEN_BYTES = 24
A_MOMENT = 2.0  # seconds after which a process that listens nowhere counts as started
GRACE = 15.0  # seconds that a service has to end by itself


class ServiceError(WarehouseError):
    """A service could not be started; the message names its log."""


@dataclass(frozen=True)
class Service:
    """One service: how it is called with a port, where it answers when it is ready, and its usual port.

    One without a ``ready_path`` listens nowhere: it is ready when it has lived for a moment. ``made_of`` are folders
    and files of the project that it reads once, when it starts.
    """

    name: str
    command: Callable[[int], list[str]]
    ready_path: str | None
    port: int
    made_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Running:
    """A service that runs: its name, process number and address, and the state of the code that it was started with."""

    name: str
    pid: int
    port: int
    code: str = ""

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"


OF_DAGSTER = ("orchestration", "dbt_project", "profiles", "seeds", "requirements.lock")
SERVICES = (
    Service(
        "dashboards",
        lambda port: [sys.executable, "-m", "dashboards", "--host", "127.0.0.1", "--port", str(port)],
        "/ready",
        8765,
        ("dashboards", "orchestration", "requirements.lock"),
    ),
    Service(
        "dagster",
        lambda port: [sys.executable, "-m", "orchestration.dagster_pages", "--port", str(port)],
        "/server_info",
        3000,
        OF_DAGSTER,
    ),
    Service(
        "dagster-daemon",
        lambda _: [
            str(Path(sys.executable).with_name("dagster-daemon")),
            "run",
            "--module-name",
            "orchestration.definitions",
        ],
        None,
        0,
        OF_DAGSTER,
    ),
)


def dagster_home(settings: Settings) -> Path:
    """Folder of Dagster's run history, made with its configuration on first use."""
    home = as_folder(settings.history)
    configuration = home / "dagster.yaml"
    wanted = DAGSTER_YAML.format(runs=json.dumps(str(home / "history" / "runs")))
    if read_derived(configuration) != wanted:
        write_derived(configuration, wanted)
        open_to_group(configuration)
    return home


def operator_token(settings: Settings, anew: bool = False) -> str:
    """The token with which Dagster's pages may be operated; made anew with each start of theirs.

    It lies in a file that its owner alone may read.
    """
    path = _folder(settings) / "operator.token"
    found = read_derived(path)
    if anew or not found or len(found) != 2 * TOKEN_BYTES:
        found = secrets.token_hex(TOKEN_BYTES)
        path.parent.chmod(0o700)
        write_derived(path, found)
    path.chmod(0o600)
    return found


def _folder(settings: Settings) -> Path:
    return as_folder(settings.home / "services")


def log_of(settings: Settings, name: str) -> Path:
    """Where a service writes what it has to say."""
    return _folder(settings) / f"{name}.log"


def _note(settings: Settings, name: str) -> Path:
    return _folder(settings) / f"{name}.json"


def running(settings: Settings, name: str) -> Running | None:
    """The service, if its process lives; a note that was left behind is removed."""
    note = _note(settings, name)
    found = read_derived_json(note)
    if found is None:
        return None
    try:
        pid, port = int(found["pid"]), int(found["port"])
    except (KeyError, TypeError, ValueError):
        say_made_anew(note, "no process and port in it")
        return None
    if not is_alive(pid):
        note.unlink(missing_ok=True)
        return None
    return Running(name, pid, port, str(found.get("code", "")))


def is_outdated(settings: Settings, service: Service) -> bool:
    """Whether a service runs with other code than what is there now; one that does not run is not."""
    found = running(settings, service.name)
    return found is not None and found.code != _code(settings, service)


def _code(settings: Settings, service: Service) -> str:
    return code_state(settings.project_dir / part for part in service.made_of)


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(listener.getsockname()[1])
    raise ServiceError("no port is free on 127.0.0.1; stop what listens there")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # our own service on loopback
            return int(answer.status) < 500
    except (urllib.error.URLError, OSError):
        return False


def start_service(
    settings: Settings, service: Service, environment: Mapping[str, str] | None = None, port: int | None = None
) -> Running:
    """Start a service and wait until it answers; the one that runs already, if it does.

    In: ``port``, where it is tried before its usual one. Raises ``ServiceError`` naming the log when it ends or stays
    silent.
    """
    found = running(settings, service.name)
    if found is not None:
        return found
    code = _code(settings, service)
    port = _free_port(port or service.port) if service.ready_path else 0
    log = log_of(settings, service.name)
    clear_way(log)
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.before"))
    with log.open("ab") as output:
        process = subprocess.Popen(
            service.command(port),
            cwd=settings.project_dir,
            env={**os.environ, "WAREHOUSE_HOME": str(settings.home), "DO_NOT_TRACK": "1", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    write_derived(_note(settings, service.name), json.dumps({"pid": process.pid, "port": port, "code": code}))
    started = Running(service.name, process.pid, port, code)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            _note(settings, service.name).unlink(missing_ok=True)
            raise ServiceError(f"{service.name} ended at once; what it said is in {log}")
        if service.ready_path is None:
            if time.monotonic() > until - PATIENCE + A_MOMENT:
                return started
        elif _answers(started.address + service.ready_path):
            return started
        time.sleep(0.3)
    stop_service(settings, service.name)
    raise ServiceError(f"{service.name} did not answer within {PATIENCE:.0f} seconds; what it said is in {log}")


def _end(pid: int, how: signal.Signals) -> None:
    try:
        os.killpg(pid, how)
    except (ProcessLookupError, PermissionError):
        return


def _wait_for_end(pid: int) -> None:
    until = time.monotonic() + GRACE
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.1)


def stop_service(settings: Settings, name: str) -> bool:
    """Stop a service and what it has started; whether it was running."""
    found = running(settings, name)
    if found is None:
        return False
    _end(found.pid, signal.SIGTERM)
    _wait_for_end(found.pid)
    _end(found.pid, signal.SIGKILL)  # whatever of its group is still there
    _wait_for_end(found.pid)
    _note(settings, name).unlink(missing_ok=True)
    return True
