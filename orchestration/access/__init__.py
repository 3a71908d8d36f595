"""Access: who may see which establishments. The database enforces it; here it is given, revoked and listed."""

from orchestration.access.shared import give_shared_logins

__all__ = ["give_shared_logins"]
