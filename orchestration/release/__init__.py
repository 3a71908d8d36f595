"""Release: the one door from the exact marts to what readers see."""

from orchestration.release.door.record import ReleaseResult
from orchestration.release.door.release import release_all, release_authority
from orchestration.release.tables.provision import provision_aggregated

__all__ = ["ReleaseResult", "provision_aggregated", "release_all", "release_authority"]
