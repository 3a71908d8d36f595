"""The plain pages of sign-in: few words, no figures, nothing about who or why beyond what helps."""

from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment
from starlette.responses import Response

RETRY_SECONDS = 30


class Views:
    """Renders the templates in ``templates/signin``. ``contact``: whom to ask for access."""

    def __init__(self, templates: Environment, contact: str, kind: str) -> None:
        self._templates = templates
        self._contact = contact
        self._kind = kind

    def no_access(self, status: int) -> Response:
        """For a person whom we know, or the provider knows, but who may see nothing here."""
        return self._page("no_access.html", "You do not have access yet", status)

    def refused(self, status: int) -> Response:
        """For a request that did not come from a page of ours."""
        return self._page("refused.html", "This could not be done", status)

    def failed(self, status: int) -> Response:
        """For a sign-in that did not come about."""
        return self._page("failed.html", "You could not be signed in", status)

    def too_often(self, seconds: int) -> Response:
        """For too many tries."""
        response = self._page("too_often.html", "Please wait a minute", 429)
        response.headers["retry-after"] = str(seconds)
        return response

    def unavailable(self) -> Response:
        """While the database or the identity provider does not answer."""
        response = self._page("unavailable.html", "Please try again in a few minutes", 503)
        response.headers["retry-after"] = str(RETRY_SECONDS)
        return response

    def signed_out(self, provider_address: str | None) -> Response:
        """After signing out; with the way out of the provider too, where it has one."""
        return self._page("signed_out.html", "You have signed out", 200, provider_address=provider_address)

    def local(self, readers: list[dict[str, Any]], target: str) -> Response:
        """The made-up readers of the demonstration."""
        return self._page("local.html", "Choose who to be", 200, example_readers=readers, target=target)

    def _page(self, template: str, heading: str, status: int, **values: Any) -> Response:
        html = self._templates.get_template(f"signin/{template}").render(
            heading=heading,
            reader=None,
            page=None,
            asked=None,
            contact=self._contact,
            is_local=self._kind == "local",
            **values,
        )
        return HTMLResponse(html, status_code=status, headers={"cache-control": "no-store"})
