"""The identity provider, spoken to by OpenID Connect: authorisation code, PKCE, state and nonce.

Any provider will do that publishes ``.well-known/openid-configuration``. What is kept of a person is the subject and
the e-mail address, for as long as it takes to find the reader; no token outlives the sign-in.
"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import StarletteOAuth2App
from joserfc.errors import JoseError

from dashboards.signin.attempts import Attempt
from dashboards.signin.errors import ProviderUnreachableError, SignInFailedError
from dashboards.signin.mode import Mode
from orchestration.settings import Settings

CALLBACK = "/sign-in/callback"
SIGNED_OUT = "/signed-out"
SCOPE = "openid email"
ANSWER_SECONDS = 10
LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0, 2
CLOCK_SECONDS = 60  # by how much the provider's clock may differ from ours
KEPT_SECONDS = 3600  # then description and keys are read anew: a key that the provider has given up is of no use
# By public key alone: a provider that also lists HS256 or none must not talk us into either.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})


@dataclass(frozen=True)
class Identity:
    """Who the provider says has signed in. ``email`` is None unless it may be relied on."""

    subject: str
    email: str | None


class Provider:
    """One identity provider; its description and keys are read when first needed and kept for an hour."""

    def __init__(self, settings: Settings, mode: Mode) -> None:
        self._issuer = str(settings.oidc_issuer)
        self._trusts_email = settings.oidc_trust_email
        self._own = mode.own_origin
        self._client_id = str(settings.oidc_client_id)
        self._secret = settings.oidc_client_secret
        self._app, self._made_at = self._new(), time.monotonic()

    async def address(self, attempt: Attempt) -> str:
        """Where to send the browser. Raises ProviderUnreachableError."""
        app, _ = await self._described()
        made = await app.create_authorization_url(
            f"{self._own}{CALLBACK}", state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
        )
        return str(made["url"])

    async def identity(self, attempt: Attempt, code: str) -> Identity:
        """Redeem the code and check the ID token: signature, issuer, audience, time, nonce.

        Raises ProviderUnreachableError, or SignInFailedError when anything is not as it must be.
        """
        app, metadata = await self._described()
        try:
            token = await app.fetch_access_token(f"{self._own}{CALLBACK}", code=code, code_verifier=attempt.verifier)
            if not token.get("id_token"):
                raise SignInFailedError("the provider sent no ID token")
            claims = await app.parse_id_token(
                token,
                nonce=attempt.nonce,
                claims_options={
                    "iss": {"essential": True, "values": [metadata["issuer"]]},
                    "aud": {"essential": True, "value": self._client_id},
                    "sub": {"essential": True},
                },
                leeway=CLOCK_SECONDS,
            )
        except httpx2.HTTPError as error:
            raise ProviderUnreachableError(f"the provider does not answer ({type(error).__name__})") from error
        except (OAuthError, JoseError, ValueError, KeyError, RuntimeError) as error:
            # the kind of error only: its text may quote the token
            raise SignInFailedError(f"the provider's answer does not hold ({type(error).__name__})") from None
        return self._identity_of(claims)

    async def sign_out_address(self) -> str | None:
        """Where a person signs out of the provider too; None if it has no such place or does not answer.

        No token is kept that could be sent along as a hint; the provider may ask which account is meant.
        """
        try:
            _, metadata = await self._described()
        except ProviderUnreachableError:
            return None
        endpoint = metadata.get("end_session_endpoint")
        if not endpoint:
            return None
        query = urlencode({"client_id": self._client_id, "post_logout_redirect_uri": f"{self._own}{SIGNED_OUT}"})
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{query}"

    def _new(self) -> StarletteOAuth2App:
        return StarletteOAuth2App(
            framework=None,
            name="provider",
            client_id=self._client_id,
            client_secret=self._secret.get_secret_value() if self._secret else None,
            server_metadata_url=f"{self._issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", "timeout": ANSWER_SECONDS},
        )

    async def _described(self) -> tuple[StarletteOAuth2App, dict[str, Any]]:
        """The client and what the provider says of itself: one and the same for a sign-in to its end."""
        if time.monotonic() - self._made_at > KEPT_SECONDS:
            self._app, self._made_at = self._new(), time.monotonic()
        app = self._app
        try:
            metadata: dict[str, Any] = await app.load_server_metadata()
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderUnreachableError(
                f"the provider's description cannot be read ({type(error).__name__})"
            ) from error
        if metadata.get("issuer") != self._issuer:
            self._app = self._new()
            raise ProviderUnreachableError("the provider calls itself by another name than WAREHOUSE_OIDC_ISSUER")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = sorted(ALGORITHMS & set(offered))
        return app, metadata

    def _identity_of(self, claims: dict[str, Any]) -> Identity:
        """Subject, unique with its issuer; and the address, if the provider has verified it or is trusted to.

        Raises SignInFailedError for a subject that is none.
        """
        verified = claims.get("email_verified", self._trusts_email)
        email = claims.get("email")
        is_verified = verified is True or verified == "true"  # some providers write it as text
        is_reliable = is_verified and isinstance(email, str) and email.count("@") == 1 and email.isprintable()
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
            raise SignInFailedError("the provider's subject is no text of 1 to 255 printable characters")
        return Identity(f"{self._issuer}|{subject}", str(email) if is_reliable else None)
