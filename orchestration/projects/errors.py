"""The error of this part."""

from orchestration.errors import WarehouseError


class ProjectError(WarehouseError):
    """A project that cannot be made, prolonged or built as asked; the message says what to name instead."""
