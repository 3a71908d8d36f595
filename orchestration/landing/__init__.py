"""Landing: finds deliveries, judges them by their contracts and loads what they accept into ``raw``."""

from orchestration.landing.deliver import check_delivery, land_delivery, replay
from orchestration.landing.discovery import discover, left_aside, pending
from orchestration.landing.making import make_manifest
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
    "check_delivery",
    "discover",
    "land_delivery",
    "left_aside",
    "make_manifest",
    "pending",
    "replay",
    "restore",
    "unaccept",
    "withdraw",
]
