"""Release: the one door from the exact marts to what readers see."""

from orchestration.release.apply import release_all, release_authority
from orchestration.release.record import ReleaseResult
from orchestration.release.tables import provision_aggregated

__all__ = ["ReleaseResult", "provision_aggregated", "release_all", "release_authority"]
