"""ID tokens that the identity provider did not give, or not for this: each is refused for its own reason."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from orchestration.settings import Settings
from tests.support.identity_provider import (
    AN_HOUR_AGO,
    IdentityProvider,
    not_signed,
    signed_by_another,
    signed_by_provider,
    signed_with_the_secret,
)
from tests.support.sign_in_site import begin, browser, rows, sign_in


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (signed_by_provider(aud="another-client", azp="dashboards"), "InvalidClaimError"),
        (signed_by_provider(iss="https://login.example.org"), "InvalidClaimError"),
        (signed_by_provider(exp=AN_HOUR_AGO), "ExpiredTokenError"),
        (signed_by_provider(nonce="another"), "InvalidClaimError"),
        (signed_by_provider(sub=""), "InvalidClaimError"),
        (signed_by_provider(sub="mhairi\0"), "no text of 1 to 255 printable characters"),
        (signed_by_provider(sub="m" * 256), "no text of 1 to 255 printable characters"),
        (signed_by_another, "BadSignatureError"),
        (signed_with_the_secret, "UnsupportedAlgorithmError"),
        (not_signed, "UnsupportedAlgorithmError"),
        (lambda claims: "no token", "DecodeError"),
    ],
    ids=[
        "audience", "issuer", "expired", "nonce", "subject", "NUL", "long", "key", "secret as key", "unsigned",
        "nonsense",
    ],
)  # fmt: skip
def test_a_forged_token_is_refused(
    site_with_provider: FastAPI,
    provider: IdentityProvider,
    warehouse: Settings,
    person: int,
    caplog: pytest.LogCaptureFixture,
    forge: Callable[[dict[str, object]], str],
    reason: str,
) -> None:
    provider.described = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
    client = browser(site_with_provider)
    back = provider.sign_in(begin(client), "mhairi")
    provider.forge = forge
    try:
        assert client.get(back).status_code == 400
    finally:
        provider.forge, provider.described = None, {}
    assert reason in caplog.text
    assert "mhairi" not in caplog.text
    assert rows(warehouse, "select count(*) from access.sessions") == [(0,)]


def test_the_provider_s_own_token_passes_the_same_way(
    site_with_provider: FastAPI, provider: IdentityProvider, person: int
) -> None:
    """Else the test above would pass for a forge that signs wrongly."""
    provider.forge = signed_by_provider()
    try:
        assert sign_in(browser(site_with_provider), provider).status_code == 303
    finally:
        provider.forge = None
