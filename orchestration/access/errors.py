"""The error of this part."""

from orchestration.errors import WarehouseError


class ReaderError(WarehouseError):
    """A reader, place or group that cannot be used as asked; the message says what to name instead."""
