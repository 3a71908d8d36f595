"""Identity: one number per person, one token per person and purpose, given once and kept in the vault."""

from orchestration.identity.assign import IdentityResult, assign_identities, check_key
from orchestration.identity.keys import (
    KeyMismatchError,
    KeyMissingError,
    domain_key,
    key_fingerprint,
    key_source,
    load_key,
)
from orchestration.identity.project_tokens import ANALYTICS, project_domain

__all__ = [
    "ANALYTICS",
    "IdentityResult",
    "KeyMismatchError",
    "KeyMissingError",
    "assign_identities",
    "check_key",
    "domain_key",
    "key_fingerprint",
    "key_source",
    "load_key",
    "project_domain",
]
