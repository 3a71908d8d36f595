"""Identity: one number per person, one token per person and purpose, given once and kept in the vault."""

from orchestration.identity.assign import IdentityResult, assign_identities
from orchestration.identity.keys import KeyMismatchError, KeyMissingError, domain_key, load_key

__all__ = [
    "IdentityResult",
    "KeyMismatchError",
    "KeyMissingError",
    "assign_identities",
    "domain_key",
    "load_key",
]
