"""One sign-in under way: what has to come back unchanged from the identity provider.

A single secret lies in a cookie of the browser that began. State, nonce and the verifier of PKCE are derived from it
one way, so nothing is kept on the server, no key is shared between workers, and the address bar (which shows the
state) gives away neither of the others. A callback in another browser has no such cookie, so nobody can be signed in
under somebody else's name.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from dashboards.site.targets import own_path

SECRET_BYTES = 32
LABEL_LENGTH = 8


@dataclass(frozen=True)
class Attempt:
    """A sign-in under way: its secret, and the path of ours to go to afterwards."""

    secret: str
    target: str

    @property
    def state(self) -> str:
        """Comes back in the address; ties the answer to this browser."""
        return self._derive("state")

    @property
    def nonce(self) -> str:
        """Comes back inside the signed ID token; ties the token to this attempt."""
        return self._derive("nonce")

    @property
    def verifier(self) -> str:
        """PKCE (RFC 7636): whoever steals the code cannot redeem it without this."""
        return self._derive("verifier")

    @property
    def label(self) -> str:
        """Names the cookie, so that the callback finds the one of its own state."""
        return label_of(self.state)

    def to_cookie(self) -> str:
        """What the cookie holds."""
        return f"{self.secret}.{_encode(self.target.encode())}"

    def _derive(self, purpose: str) -> str:
        return _encode(hmac.digest(self.secret.encode(), purpose.encode(), hashlib.sha256))


def new_attempt(target: str | None) -> Attempt:
    """Begin a sign-in that leads to ``target`` if that is a path of ours."""
    return Attempt(secrets.token_urlsafe(SECRET_BYTES), own_path(target))


def attempt_from_cookie(value: str | None, state: str | None) -> Attempt | None:
    """The attempt that a cookie holds, if the state that came back is its own; else None."""
    if not value or not state or not state.isascii():
        return None
    secret, _, encoded = value.partition(".")
    try:
        target = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    attempt = Attempt(secret, own_path(target))
    return attempt if hmac.compare_digest(attempt.state, state) else None


def label_of(state: str | None) -> str:
    """The part of a state that names its cookie; letters, digits, ``-`` and ``_`` only."""
    beginning = (state or "")[:LABEL_LENGTH]
    return beginning if beginning.replace("-", "").replace("_", "").isalnum() and beginning.isascii() else ""


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
