"""Server settings of the embedded database: bulk work on two cores, modest memory, durable, quiet logs."""

import hashlib
import os
import shutil
from pathlib import Path

# Measured on a year of Glasgow City: minimal WAL makes `create table as` a third faster; buffers and WAL size
# beyond these make no difference worth having.
TUNING = {
    "shared_buffers": "384MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "effective_cache_size": "2GB",
    "max_connections": "60",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_worker_processes": "8",
    "max_parallel_workers": "4",
    "max_parallel_workers_per_gather": "2",
    "max_parallel_maintenance_workers": "2",
    "autovacuum_max_workers": "2",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "password_encryption": "'scram-sha-256'",
}
# A server log must not name a pupil: errors of a query carry values ("Key (scn)=(...)"), so they go to the
# client alone, and no statement is ever written.
LOGGING = {
    "logging_collector": "on",
    "log_filename": "'postgresql-%a.log'",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_line_prefix": "'%m [%p] %u '",  # the login stands before what it says: `access.reads` reads it
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_autovacuum_min_duration": "-1",
    "log_parameter_max_length_on_error": "0",
}
# Containers often have 64 MB of shared memory, which two parallel workers exceed ("could not resize shared
# memory segment"); System V segments have no such limit.
SMALLEST_SHARED_MEMORY = 1 << 30


def cluster_name(data: Path) -> str:
    """Name in the titles of the server's processes, different for each data folder."""
    return f"warehouse-{hashlib.sha256(str(data).encode()).hexdigest()[:8]}"


def server_configuration(data: Path, logs: Path, port: int) -> str:
    """Contents of ``warehouse.conf`` in the data folder."""
    values = {
        "listen_addresses": "'127.0.0.1'",
        "port": str(port),
        "unix_socket_directories": "''",
        "cluster_name": f"'{cluster_name(data)}'",
        "dynamic_shared_memory_type": _shared_memory(),
        "log_directory": f"'{str(logs).replace(chr(39), chr(39) * 2)}'",
        **TUNING,
        **LOGGING,
    }
    lines = [f"{name} = {value}" for name, value in values.items()]
    return "\n".join(["# Written at each start of the server: changes here are lost.", *lines, ""])


def host_rules(admin: str, database: str) -> str:
    """Contents of ``pg_hba.conf``: this machine only, with a password, and nobody else's database."""
    quoted = [f'"{name}"' for name in (admin, database)]
    return f"host all {quoted[0]} 127.0.0.1/32 scram-sha-256\nhost {quoted[1]} all 127.0.0.1/32 scram-sha-256\n"


def _shared_memory() -> str:
    folder = "/dev/shm"  # noqa: S108  # looked at, not written to
    if os.name != "posix" or not Path(folder).is_dir():
        return "posix"
    return "posix" if shutil.disk_usage(folder).free >= SMALLEST_SHARED_MEMORY else "sysv"
