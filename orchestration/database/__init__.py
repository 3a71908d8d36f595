"""The database: an embedded server's life, provisioning on any target, and connections as one role each."""

from orchestration.database.binaries import psql_binary
from orchestration.database.connections import connect, connect_login, dsn, engine, libpq_environment
from orchestration.database.dbt import dbt_environment
from orchestration.database.doors import open_doors
from orchestration.database.errors import (
    AccessError,
    DatabaseError,
    LockBusyError,
    NotProvisionedError,
    NotRunningError,
    StartError,
)
from orchestration.database.lifecycle import ServerStatus, ensure_ready, start, status, stop
from orchestration.database.locks import advisory_lock, is_at_work
from orchestration.database.passwords import new_password, set_password
from orchestration.database.process import is_alive
from orchestration.database.roles import ROLES
from orchestration.database.rotation import rotate_passwords
from orchestration.database.server_log import statements_for_superuser

__all__ = [
    "ROLES",
    "AccessError",
    "DatabaseError",
    "LockBusyError",
    "NotProvisionedError",
    "NotRunningError",
    "ServerStatus",
    "StartError",
    "advisory_lock",
    "connect",
    "connect_login",
    "dbt_environment",
    "dsn",
    "engine",
    "ensure_ready",
    "is_alive",
    "is_at_work",
    "libpq_environment",
    "new_password",
    "open_doors",
    "psql_binary",
    "rotate_passwords",
    "set_password",
    "start",
    "statements_for_superuser",
    "status",
    "stop",
]
