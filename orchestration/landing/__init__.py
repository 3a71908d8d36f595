"""Landing: finds deliveries, judges them by their contracts and loads what they accept into ``raw``."""

from orchestration.landing.deliver import land_delivery, replay
from orchestration.landing.discovery import discover, left_aside, pending
from orchestration.landing.outcomes import (
    FileResult,
    Found,
    LandingError,
    LandingFolderMissingError,
    LandingResult,
    RejectCount,
    Warned,
)
from orchestration.landing.withdrawal import accept, restore, unaccept, withdraw

__all__ = [
    "FileResult",
    "Found",
    "LandingError",
    "LandingFolderMissingError",
    "LandingResult",
    "RejectCount",
    "Warned",
    "accept",
    "discover",
    "land_delivery",
    "left_aside",
    "pending",
    "replay",
    "restore",
    "unaccept",
    "withdraw",
]
