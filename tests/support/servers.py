"""Servers as councils have them: PostgreSQL 16, with an administrator who is no superuser, as hosted ones have."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.database import ROLES, ensure_ready, stop
from orchestration.database.binaries import wheel_binaries
from orchestration.database.cluster import ADMIN, known_port, start_locked
from orchestration.database.connections import open_connection, parameters
from orchestration.database.home import locked, places
from orchestration.settings import Settings

ADMIN_PASSWORD = "admin-of-the-tests"


def provision_server(folder: Path) -> None:
    """Fill a folder with a server that is provisioned, and stopped."""
    host = host_of(folder)
    with locked(places(host)):
        start_locked(host)
    with open_connection(host, parameters(host, ADMIN), autocommit=True) as connection:
        connection.execute(f"create role council_admin login createdb createrole password '{ADMIN_PASSWORD}'")
    with (places(host).data / "pg_hba.conf").open("a") as file:
        file.write("host all all 127.0.0.1/32 scram-sha-256\n")
    stop(host)
    with a_server(folder) as found:
        ensure_ready(found)


@contextmanager
def a_server(folder: Path) -> Iterator[Settings]:
    """The server of a folder that was filled as above or copied from one, started; stopped afterwards."""
    host = host_of(folder)
    with locked(places(host)):
        start_locked(host)
    home = folder / "home"
    home.mkdir(exist_ok=True)
    passwords = {f"{role}_password": f"{role}-of-the-tests" for role in ROLES}
    try:
        yield Settings(
            home=home,
            target="server",
            pg_port=known_port(host),
            pg_sslmode="disable",
            pg_admin_user="council_admin",
            pg_admin_password=ADMIN_PASSWORD,
            **passwords,  # type: ignore[arg-type]
        )
    finally:
        stop(host)


def host_of(folder: Path) -> Settings:
    """The server's own side: its home, as its superuser reaches it."""
    return Settings(home=folder / "host", pg_bin=wheel_binaries(16), pg_database="postgres")
