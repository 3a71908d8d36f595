"""What can go wrong with the database, each with the next step in its message."""

from orchestration.errors import WarehouseError


class DatabaseError(WarehouseError):
    """The database cannot be started, reached, provisioned or used."""


class NotRunningError(DatabaseError):
    """Nothing answers: the embedded server is down, or the configured server is out of reach."""


class StartError(DatabaseError):
    """The embedded server could not be made or started."""


class AccessError(DatabaseError):
    """A login was refused, or the files that hold the passwords cannot be read."""


class NotProvisionedError(DatabaseError):
    """The server is up, but schemas, roles or tables are missing or older than this code."""


class LockBusyError(DatabaseError):
    """Another process has held the same advisory lock for longer than the caller wanted to wait."""
