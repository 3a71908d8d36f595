"""How people sign in here, decided once at the start out of the settings, and what must not start at all."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy import Connection, text

from dashboards.signin.errors import SignInSettingsError
from orchestration.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OPENID_SETTINGS = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")


@dataclass(frozen=True)
class Mode:
    """How people sign in.

    ``kind``        ``openid``: an identity provider; ``local``: made-up readers, for demos and tests
    ``own_origin``  scheme, host and port that readers type; None: whatever loopback address they use
    ``is_secure``   cookies are for HTTPS alone; only plain HTTP on this machine does without
    """

    kind: Literal["openid", "local"]
    own_origin: str | None
    is_secure: bool


def sign_in_mode(settings: Settings) -> Mode:
    """The mode that these settings ask for.

    Raises SignInSettingsError where they are incomplete, where made-up readers would be let into a live warehouse,
    or where cookies would cross a network in the clear.
    """
    kind = _kind(settings)
    origin = _own_origin(settings, kind)
    if kind == "openid":
        _require_safe("OIDC_ISSUER", str(settings.oidc_issuer), settings)
    return Mode(kind, origin, is_secure=origin is not None and origin.startswith("https://"))


def require_same_kind(connection: Connection, environment: str) -> None:
    """Nobody signs in where the database holds real data and this process does not know, or the other way round.

    What the database says of itself was written once, when it was made. Raises SignInSettingsError.
    """
    there = connection.execute(text("select environment from control.environment")).scalar_one_or_none()
    if there is None or (there == "live") != (environment == "live"):
        raise SignInSettingsError(
            f"The database is {there or 'not provisioned'}, and WAREHOUSE_ENVIRONMENT of the dashboards is "
            f"{environment}: nobody is signed in until they agree."
        )


def is_loopback(host: str | None) -> bool:
    """Whether a host name (without port or brackets) is this machine as seen from itself."""
    return host in LOOPBACK


def _kind(settings: Settings) -> Literal["openid", "local"]:
    missing = [name for name in OPENID_SETTINGS if not getattr(settings, name)]
    if not missing:
        return "openid"
    if len(missing) < len(OPENID_SETTINGS):
        names = ", ".join(f"WAREHOUSE_{name.upper()}" for name in missing)
        raise SignInSettingsError(f"Sign-in by OpenID Connect is set up in part only: set {names} too.")
    if settings.environment == "live":
        raise SignInSettingsError(
            "A live warehouse has no sign-in with made-up readers: set WAREHOUSE_OIDC_ISSUER, "
            "WAREHOUSE_OIDC_CLIENT_ID and WAREHOUSE_OIDC_CLIENT_SECRET to your identity provider."
        )
    return "local"


def _own_origin(settings: Settings, kind: str) -> str | None:
    address = settings.dashboards_url
    if not address:
        if kind == "openid":
            raise SignInSettingsError(
                "Set WAREHOUSE_DASHBOARDS_URL to the address that readers type: the identity provider sends them "
                "back there."
            )
        return None
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise SignInSettingsError(
            "WAREHOUSE_DASHBOARDS_URL is scheme, host and port and nothing after: https://attendance.example.org"
        )
    _require_safe("DASHBOARDS_URL", address, settings)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _require_safe(name: str, address: str, settings: Settings) -> None:
    parts = urlsplit(address)
    if parts.scheme == "https":
        return
    if settings.environment == "live" or not is_loopback(parts.hostname):
        raise SignInSettingsError(
            f"WAREHOUSE_{name} must begin with https:// (plain http only for this machine itself, and never live)."
        )
