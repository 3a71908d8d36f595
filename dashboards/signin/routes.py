"""The addresses of sign-in and sign-out."""

import logging
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from dashboards.signin.attempts import Attempt, attempt_from_cookie, label_of, new_attempt
from dashboards.signin.cookies import ATTEMPT_SECONDS, ATTEMPTS_AT_ONCE
from dashboards.signin.desk import Desk
from dashboards.signin.errors import ProviderUnreachableError, SignInFailedError
from dashboards.signin.examples import Examples
from dashboards.signin.provider import Provider
from dashboards.signin.views import Views
from dashboards.site.targets import own_path

SIGN_OUT = "/sign-out"
LONGEST_CODE = 4096
LONGEST_FORM = 8192
log = logging.getLogger(__name__)
Target = Annotated[str, Query(max_length=2000, description="Path of ours to go to afterwards")]


def sign_in_router(desk: Desk, views: Views, examples: Examples) -> APIRouter:
    """Routes for one application: those of its mode, and sign-out."""
    made = APIRouter(default_response_class=HTMLResponse, include_in_schema=True)

    @made.post(SIGN_OUT, name="sign_out", summary="Sign out")
    async def sign_out(request: Request) -> Response:
        name = desk.cookies.session
        await run_in_threadpool(desk.sign_out, request.cookies.get(name))
        response = RedirectResponse("/signed-out", status_code=303)
        desk.cookies.drop(response, name)
        return response

    @made.get("/signed-out", name="signed_out", summary="Signed out")
    async def signed_out() -> Response:
        # A link, not a redirect: the policy form-action 'self' would stop the form of sign-out at the provider's
        # address, and not everybody who leaves the dashboards wants to leave all else that hangs on the account.
        return views.signed_out(await desk.provider.sign_out_address() if desk.provider else None)

    if desk.provider is not None:
        _add_openid(made, desk, views, desk.provider)
    else:
        _add_local(made, desk, views, examples)
    return made


def _add_openid(router: APIRouter, desk: Desk, views: Views, provider: Provider) -> None:
    @router.get("/sign-in", name="sign_in", summary="Sign in")
    async def sign_in(request: Request, next: Target = "") -> Response:  # noqa: A002  # name of the parameter
        if not desk.rate.allows(_address(request)):
            return views.too_often(request)
        attempt = new_attempt(next)
        try:
            address = await provider.address(attempt)
        except ProviderUnreachableError as error:
            log.error("sign-in: %s", error, extra={"event": "provider_unreachable"})
            return views.unavailable(request)
        response = RedirectResponse(address, status_code=303)
        for name in desk.cookies.attempts(request.cookies)[: -ATTEMPTS_AT_ONCE + 1]:
            desk.cookies.drop(response, name)
        desk.cookies.put(response, desk.cookies.attempt(attempt.label), attempt.to_cookie(), ATTEMPT_SECONDS)
        return response

    @router.get("/sign-in/callback", name="sign_in_callback", summary="Back from the identity provider")
    async def callback(
        request: Request,
        state: Annotated[str, Query(max_length=200)] = "",
        code: Annotated[str, Query(max_length=LONGEST_CODE)] = "",
    ) -> Response:
        if not desk.rate.allows(_address(request)):
            return views.too_often(request)
        name = desk.cookies.attempt(label_of(state))
        attempt = attempt_from_cookie(request.cookies.get(name), state)
        response = await _answer(request, desk, views, provider, attempt, code)
        if name in request.cookies:
            desk.cookies.drop(response, name)
        return response


async def _answer(
    request: Request, desk: Desk, views: Views, provider: Provider, attempt: Attempt | None, code: str
) -> Response:
    """From the provider's answer to a session, or to a page that says why not."""
    try:
        if attempt is None:
            raise SignInFailedError("the answer does not belong to a sign-in that this browser began")
        if not code:
            raise SignInFailedError("the provider gave no code")
        identity = await provider.identity(attempt, code)
    except ProviderUnreachableError as error:
        log.error("sign-in: %s", error, extra={"event": "provider_unreachable"})
        return views.unavailable(request)
    except SignInFailedError as error:
        log.warning("sign-in: %s", error, extra={"event": "sign_in_failed"})
        await run_in_threadpool(desk.refuse_sign_in, 400)
        return views.failed(request)
    reader_id = await run_in_threadpool(desk.reader_of_identity, identity)
    response = None if reader_id is None else await begin(request, desk, reader_id, attempt.target)
    if response is None:
        log.warning("sign-in: no reader has this identity", extra={"event": "sign_in_unknown"})
        await run_in_threadpool(desk.refuse_sign_in, 403)
        return views.no_access()
    return response


def _add_local(router: APIRouter, desk: Desk, views: Views, examples: Examples) -> None:
    @router.get("/sign-in", name="sign_in", summary="Choose a made-up reader")
    async def sign_in(next: Target = "") -> Response:  # noqa: A002  # name of the parameter
        return views.local(await run_in_threadpool(examples.all), own_path(next))

    @router.post("/sign-in/local", name="sign_in_local", summary="Be one of the made-up readers")
    async def local(request: Request) -> Response:
        if not desk.rate.allows(_address(request)):
            return views.too_often(request)
        form = await form_values(request)
        reader_id = await run_in_threadpool(desk.example_reader, form.get("reader", ""))
        response = None if reader_id is None else await begin(request, desk, reader_id, own_path(form.get("next")))
        return response or views.failed(request)


async def begin(request: Request, desk: Desk, reader_id: int, target: str) -> Response | None:
    """A new session for a reader, and on to the page that was wanted; None if the reader may not read.

    Whatever session the browser had ends; its id is not used again, so none can be planted beforehand.
    """
    former = request.cookies.get(desk.cookies.session)
    opaque = await run_in_threadpool(desk.sign_in, reader_id, former)
    if opaque is None:
        return None
    response = RedirectResponse(target, status_code=303)
    desk.cookies.put(response, desk.cookies.session, opaque)
    return response


async def form_values(request: Request) -> dict[str, str]:
    """Values of a small form by name; empty where it is longer than ours can be, or none."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_FORM:
            return {}
    try:
        return dict(parse_qsl(body.decode("ascii"), max_num_fields=10))
    except ValueError:
        return {}


def _address(request: Request) -> str | None:
    """Address that a request comes from; behind a proxy what uvicorn takes from a trusted one's headers."""
    return request.client.host if request.client else None
