"""The plain pages of sign-in: few words, no figures, nothing about who or why beyond what helps."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from starlette.responses import Response

from dashboards.site.errors import message

SIGN_IN = ("Sign in again", "/sign-in")


class Views:
    """Renders the templates in ``templates/signin``, and messages. ``contact``: whom to ask for access."""

    def __init__(self, templates: Environment, contact: str) -> None:
        self._templates = templates
        self._contact = contact

    def no_access(self) -> Response:
        """For a person whom we know, or the provider knows, but who may see nothing here."""
        return self._page("no_access.html", "You do not have access yet", 403, contact=self._contact)

    def refused(self, request: Request) -> Response:
        """For a request that did not come from a page of ours."""
        return message(
            request, 403, "This could not be done",
            "What was sent did not come from a page of these dashboards, so nothing was done.",
        )  # fmt: skip

    def failed(self, request: Request) -> Response:
        """For a sign-in that did not come about."""
        return message(
            request, 400, "You could not be signed in",
            "The sign-in took too long, was stopped, or was begun in another browser. Your account is as it was.",
            f"If it happens again, speak to {self._contact}.", way_on=SIGN_IN,
        )  # fmt: skip

    def too_often(self, request: Request) -> Response:
        """For too many tries."""
        return message(
            request, 429, "Please wait a minute", "There have been many sign-ins from your network just now.",
            way_on=SIGN_IN,
        )  # fmt: skip

    def unavailable(self, request: Request) -> Response:
        """While the database or the identity provider does not answer."""
        return message(
            request, 503, "Please try again in a few minutes",
            "The dashboards cannot reach a service that they need to know who you are. Nothing is lost.",
            f"If it lasts, speak to {self._contact}.", way_on=("Try again", ""),
        )  # fmt: skip

    def signed_out(self, provider_address: str | None) -> Response:
        """After signing out; with the way out of the provider too, where it has one."""
        return self._page("signed_out.html", "You have signed out", 200, provider_address=provider_address)

    def local(self, readers: list[dict[str, Any]], target: str) -> Response:
        """The made-up readers of the demonstration."""
        return self._page("local.html", "Choose who to be", 200, example_readers=readers, target=target)

    def _page(self, template: str, heading: str, status: int, **values: Any) -> Response:
        html = self._templates.get_template(f"signin/{template}").render(heading=heading, reader=None, **values)
        return HTMLResponse(html, status_code=status)
