"""An identity provider on this machine, as a council's would be: it signs tokens, and here it insists on PKCE."""

import base64
import hashlib
import json
import socketserver
import threading
import time
import wsgiref.simple_server
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import flask
import httpx2
import oidc_provider_mock
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey


class _Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True


class _Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as the base class has it
        pass


@dataclass
class IdentityProvider:
    """``issuer`` is its address; ``challenges`` holds the PKCE challenge of each code that it gave.

    ``forge`` makes another ID token out of the claims of the one it gave, ``described`` changes its description.
    """

    issuer: str = ""
    challenges: dict[str, str] = field(default_factory=dict)
    described: dict[str, object] = field(default_factory=dict)
    forge: Callable[[dict[str, object]], str] | None = None

    def know(self, subject: str, **claims: object) -> None:
        """Have a person with these claims."""
        answer = httpx2.put(f"{self.issuer}/users/{subject}", json=claims)
        answer.raise_for_status()

    def sign_in(self, address: str, subject: str) -> str:
        """What a person does there: follow our address, say who they are. Returns where they are sent back to."""
        assert address.startswith(f"{self.issuer}/oauth2/authorize?")
        answer = httpx2.post(address, data={"sub": subject}, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def deny(self, address: str) -> str:
        """The person says no. Returns where they are sent back to."""
        return httpx2.post(address, data={"action": "deny"}, follow_redirects=False).headers["location"]


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """A running provider; gone with the context."""
    provider = IdentityProvider()
    app = flask.Flask("identity-provider")
    oidc_provider_mock.init_app(app, require_nonce=True)
    app.secret_key = "of the tests"
    app.before_request(lambda: _check_verifier(provider))
    app.after_request(lambda response: _note_challenge(provider, response))
    app.after_request(lambda response: _misbehave(provider, response))
    server = wsgiref.simple_server.make_server("127.0.0.1", 0, app.wsgi_app, _Server, _Quiet)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def _note_challenge(provider: IdentityProvider, response: flask.Response) -> flask.Response:
    request = flask.request
    if request.path == "/oauth2/authorize" and "code=" in response.headers.get("location", ""):
        assert request.args["code_challenge_method"] == "S256"
        code = parse_qs(urlsplit(response.headers["location"]).query)["code"][0]
        provider.challenges[code] = request.args["code_challenge"]
    return response


def _misbehave(provider: IdentityProvider, response: flask.Response) -> flask.Response:
    path = flask.request.path
    if path.endswith("/openid-configuration") and provider.described:
        return flask.jsonify({**response.get_json(), **provider.described})
    if path == "/oauth2/token" and provider.forge is not None and response.status_code == 200:
        token = response.get_json()
        payload = token["id_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return flask.jsonify(token | {"id_token": provider.forge(claims)})
    return response


def signed_by_provider(**changes: object) -> Callable[[dict[str, object]], str]:
    """Forge: the provider's own key under changed claims."""

    def forge(claims: dict[str, object]) -> str:
        key = flask.g.oidc_provider_mock_storage.jwk
        own = RSAKey.import_key(key.as_dict(is_private=True))
        return jwt.encode({"alg": "RS256", "kid": key.as_dict().get("kid") or key.thumbprint()}, claims | changes, own)

    return forge


def signed_by_another(claims: dict[str, object]) -> str:
    """Forge: another key under the same claims."""
    return jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048))


def signed_with_the_secret(claims: dict[str, object]) -> str:
    """Forge: the client's secret as key, which an attacker who knows it could do."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("of-the-tests" * 4))


def not_signed(claims: dict[str, object]) -> str:
    """Forge: no signature at all."""
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


AN_HOUR_AGO = int(time.time()) - 3600


def _check_verifier(provider: IdentityProvider) -> flask.typing.ResponseReturnValue | None:
    request = flask.request
    if request.path != "/oauth2/token":
        return None
    digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if provider.challenges.get(request.form.get("code", "")) != challenge:
        return flask.jsonify({"error": "invalid_grant"}), 400
    return None
