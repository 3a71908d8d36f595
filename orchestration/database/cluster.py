"""Life of the embedded server: made, started, stopped, under one lock that all processes share.

The server outlives the process that started it. Every function may be called by several processes at once and
after a kill -9 of anything.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from orchestration.database.account import Account, account_of, choose_account
from orchestration.database.binaries import Binaries, find_binaries
from orchestration.database.configuration import cluster_name, host_rules, server_configuration
from orchestration.database.errors import StartError
from orchestration.database.home import (
    Places,
    keep_passwords,
    make_folders,
    make_passwords,
    places,
    read_passwords,
)
from orchestration.database.process import Postmaster, find_postmaster, is_alive, orphans, servers_of
from orchestration.database.roles import LOGIN_ROLES
from orchestration.derived import as_folder, clear_way, read_derived, write_atomically, write_derived
from orchestration.settings import Settings

# Crash recovery replays at most the WAL between two checkpoints: 8 GB, minutes on a slow disk.
START_SECONDS = 600
# A stop writes at most the shared buffers; one that takes longer is cut short, which costs a recovery, no data.
STOP_SECONDS = 60
REJECTS_CONNECTIONS = 1  # pg_isready's word for a server that is starting or recovering
PORTS = range(25432, 29432)
ADMIN = "admin"


def start_locked(settings: Settings) -> Postmaster:
    """Make the cluster if there is none and start it if it is down. Call it under the home folder's lock.

    Returns the live postmaster, ready for connections. Raises StartError with the reason and the next step.
    """
    where = places(settings)
    make_folders(where)
    binaries = find_binaries(settings)
    account = _existing_or_new_cluster(settings, where, binaries)
    running = find_postmaster(where.data)
    if running is not None and ADMIN not in read_passwords(where):
        stop_locked(settings)  # the passwords are lost: new ones are set before the next start
        running = None
    if running is None:
        _clear_remains(where.data)
        if ADMIN not in read_passwords(where):
            _set_admin_password(settings, where, binaries, account)
        running = _launch(settings, where, binaries, account)
    if settings.pg_port is not None and running.port != settings.pg_port:
        raise StartError(
            f"The database already runs on port {running.port}, and WAREHOUSE_PG_PORT says "
            f"{settings.pg_port}: run `warehouse down`, then `warehouse up`."
        )
    return running


def stop_locked(settings: Settings) -> bool:
    """Stop the server, rolling back open transactions; returns whether it ran. Call it under the lock."""
    where = places(settings)
    running = find_postmaster(where.data)
    if running is None:
        return False
    _wait_for_recovery(settings, running)
    for order in (signal.SIGINT, signal.SIGQUIT):
        with contextlib.suppress(ProcessLookupError):
            os.kill(running.pid, order)
        if _wait_until_gone([running.pid], STOP_SECONDS):
            return True
    raise StartError(f"The database server (process {running.pid}) does not stop: see the newest file in {where.logs}.")


def _wait_for_recovery(settings: Settings, running: Postmaster) -> None:
    """PostgreSQL 18 that is told to stop while it recovers from a crash recovers and then waits for ever."""
    probe = [find_binaries(settings).path("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(running.port)]
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        if subprocess.run(probe, check=False).returncode != REJECTS_CONNECTIONS:
            return
        time.sleep(0.1)


def known_port(settings: Settings) -> int | None:
    """Port of the embedded server: of the running one, else the remembered one, else None."""
    where = places(settings)
    running = find_postmaster(where.data)
    if running is not None and running.port is not None:
        return running.port
    return settings.pg_port or _remembered_port(where)


def _existing_or_new_cluster(settings: Settings, where: Places, binaries: Binaries) -> Account:
    version = where.data / "PG_VERSION"
    if not version.exists():
        return _make_cluster(settings, where, binaries)
    major = version.read_text().strip()
    if major != str(binaries.major):
        raise StartError(
            f"{where.data} was made by PostgreSQL {major}, and the binaries are PostgreSQL {binaries.major}: "
            f"set WAREHOUSE_PG_BIN to binaries of version {major}, or start afresh with another WAREHOUSE_HOME."
        )
    return account_of(where.data)


def _make_cluster(settings: Settings, where: Places, binaries: Binaries) -> Account:
    """Run initdb beside the final place and rename, so that a crash leaves no half cluster."""
    account = choose_account(binaries.path("postgres"), where.folder)
    for remains in where.folder.glob("data.new.*"):
        shutil.rmtree(remains, ignore_errors=True)
    if where.data.exists():
        raise StartError(f"{where.data} exists and holds no database: move it away, then run `warehouse up` again.")
    # Its own name each time: an initdb whose caller was killed may still be writing into the last one.
    new = where.folder / f"data.new.{secrets.token_hex(4)}"
    secret = where.folder / f"data.new.{secrets.token_hex(4)}.secret"
    password = make_passwords(where, (ADMIN, *LOGIN_ROLES))[ADMIN]
    new.mkdir(mode=0o700)
    account.give(new)
    try:
        write_atomically(secret, password + "\n")
        account.give(secret)
        base = [
            binaries.path("initdb"), "--pgdata", str(new), "--username", settings.pg_admin_user,
            "--pwfile", str(secret), "--auth", "scram-sha-256", "--encoding", "UTF8", "--data-checksums",
        ]  # fmt: skip
        for locale in _locales(binaries.major):
            done = account.run([*base, *locale])
            if done.returncode == 0:
                break
        else:
            raise StartError(f"initdb failed: {_last_lines(done.stderr)}. Is there room at {where.folder}?")
    finally:
        secret.unlink(missing_ok=True)
    with (new / "postgresql.conf").open("a") as file:
        file.write("\ninclude 'warehouse.conf'\n")
    write_atomically(new / "pg_hba.conf", host_rules(settings.pg_admin_user, settings.pg_database))
    new.rename(where.data)
    return account


def _locales(major: int) -> list[list[str]]:
    """Text in order of code points, as everywhere. Version 17 brought a provider that needs no library."""
    if major >= 17:
        return [["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
    return [["--locale=C", "--lc-ctype=C.UTF-8"], ["--locale=C"]]


def _set_admin_password(settings: Settings, where: Places, binaries: Binaries, account: Account) -> None:
    """Give the admin a new password while the server is down, for a home whose password file was lost.

    It is written down once the server knows it: killed in between, the next start does the same again.
    """
    password = secrets.token_urlsafe(24)
    _configure(settings, where)
    name = settings.pg_admin_user.replace('"', '""')
    script = where.folder / f"data.new.{secrets.token_hex(4)}.secret"
    try:
        write_atomically(script, f"alter role \"{name}\" password '{password}'\n")
        account.give(script)
        command = 'exec "$0" --single -D "$1" postgres < "$2"'
        done = account.run(
            ["sh", "-c", command, binaries.path("postgres"), str(where.data), str(script)],
            timeout=START_SECONDS,
        )
    finally:
        script.unlink(missing_ok=True)
    if done.returncode != 0:
        raise StartError(f"The admin's password could not be set: {_last_lines(done.stderr)}.")
    clear_way(where.provisioned)
    where.provisioned.unlink(missing_ok=True)
    keep_passwords(where, {ADMIN: password})
    make_passwords(where, LOGIN_ROLES)


def _launch(settings: Settings, where: Places, binaries: Binaries, account: Account) -> Postmaster:
    as_folder(where.logs).chmod(0o700)
    account.give(where.logs)
    startup = where.logs / "startup.log"
    for path in (*where.logs.iterdir(), startup, where.port):
        clear_way(path)
    attempts = 1 if settings.pg_port else 3  # a port found free can be gone a moment later
    message = ""
    for _ in range(attempts):
        _configure(settings, where)
        startup.unlink(missing_ok=True)
        done = account.run(
            [binaries.path("pg_ctl"), "start", "-w", "-t", str(START_SECONDS), "-s",
             "-D", str(where.data), "-l", str(startup)],
            timeout=START_SECONDS + 60,
        )  # fmt: skip
        running = _wait_until_ready(where.data)
        if running is not None:
            write_derived(where.port, f"{running.port}\n")
            return running
        said = startup.read_text(errors="replace") if startup.exists() else ""
        message = _last_lines(said) or _last_lines(done.stderr)
        where.port.unlink(missing_ok=True)
    raise StartError(
        f"The database server did not start: {message}. The newest file in {where.logs} has more"
        + (f"; port {settings.pg_port} may be taken (WAREHOUSE_PG_PORT)." if settings.pg_port else ".")
    )


def _configure(settings: Settings, where: Places) -> None:
    port = _choose_port(settings, where)
    write_derived(where.data / "warehouse.conf", server_configuration(where.data, where.logs, port))


def _wait_until_ready(data: Path) -> Postmaster | None:
    """The postmaster once it takes connections; None as soon as there is no live one."""
    deadline = time.monotonic() + START_SECONDS
    while (running := find_postmaster(data)) is not None and time.monotonic() < deadline:
        if running.ready:
            return running
        time.sleep(0.05)
    return None


def _clear_remains(data: Path) -> None:
    """After a kill -9 of the postmaster: end its workers, which nobody can use, and drop its pid file.

    A server whose pid file is not what it wrote is ended as well: it could not be told to stop, and a second one
    beside it would spoil the data.
    """
    left = [*servers_of(data), *orphans(cluster_name(data))]
    for order, patience in ((signal.SIGQUIT, 5), (signal.SIGKILL, 10)):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, order)
        if _wait_until_gone(left, patience):
            break
    clear_way(data / "postmaster.pid")
    (data / "postmaster.pid").unlink(missing_ok=True)


def _wait_until_gone(pids: list[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _choose_port(settings: Settings, where: Places) -> int:
    if settings.pg_port is not None:
        return settings.pg_port
    remembered = _remembered_port(where)
    if remembered is not None and _is_free(remembered):
        return remembered
    # Below the range that systems hand out for outgoing connections, so that it is still free tomorrow.
    for _ in range(200):
        port = secrets.choice(PORTS)
        if _is_free(port):
            return port
    raise StartError(
        f"No port is free between {PORTS.start} and {PORTS.stop - 1}: set WAREHOUSE_PG_PORT to one that is."
    )


def _remembered_port(where: Places) -> int | None:
    text = (read_derived(where.port) or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536 else None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _last_lines(text: str) -> str:
    return " / ".join(line.strip() for line in text.strip().splitlines()[-3:])
