"""The cookies of sign-in: one for the session, and one for each sign-in that is under way.

``__Host-`` makes browsers refuse the cookie unless it is secure, for this host alone and for every path, so no
neighbouring subdomain can plant one (ASVS 5.0, 3.3.1 and 3.3.3). Plain HTTP on this machine gets the plain name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

SESSION = "warehouse-session"
ATTEMPT = "warehouse-sign-in"
ATTEMPT_SECONDS = 600
ATTEMPTS_AT_ONCE = 5


@dataclass(frozen=True)
class Cookies:
    """Names and attributes; ``is_secure`` unless the site is plain HTTP on this machine."""

    is_secure: bool

    @property
    def session(self) -> str:
        """Name of the session's cookie."""
        return self._name(SESSION)

    def attempt(self, label: str) -> str:
        """Name of the cookie of one sign-in under way. Several tabs may each have one."""
        return f"{self._name(ATTEMPT)}-{label}"

    def attempts(self, cookies: Mapping[str, str]) -> list[str]:
        """Names of all such cookies in a request."""
        return [name for name in cookies if name.startswith(f"{self._name(ATTEMPT)}-")]

    def put(self, response: Response, name: str, value: str, seconds: int | None = None) -> None:
        """Set a cookie: not for scripts, not with requests of other sites, until the browser closes or ``seconds``."""
        response.set_cookie(
            name, value, max_age=seconds, path="/", secure=self.is_secure, httponly=True, samesite="lax"
        )

    def drop(self, response: Response, name: str) -> None:
        """Have the browser forget a cookie."""
        response.delete_cookie(name, path="/", secure=self.is_secure, httponly=True, samesite="lax")

    def _name(self, name: str) -> str:
        return f"__Host-{name}" if self.is_secure else name
