"""A route for each page and for its downloads, with the parameters that the page declares.

A parameter that it does not declare is *not found*: figures that look as if it had been understood would be wrong.
"""

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.responses import Response

from dashboards.kit.own_school import OWN
from dashboards.kit.page import Page, Parameter, UnknownChoiceError
from dashboards.site.serving import PageServer

SCOPE = (
    Parameter(
        "authority", "GSS code of the local authority; the reader's first where left out", examples=("S12000005",)
    ),
    Parameter("year", "Academic year, such as 2025-26; the latest where it is left out", examples=("2025-26",)),
)
TABLE = Parameter("table", "Name of a table of the page", in_path=True)
LONGEST_VALUE = 100


def add_pages(made: APIRouter, pages: tuple[Page, ...], server: PageServer) -> None:
    """Add routes of all pages. ``/`` leads to the first of the navigation.

    To the application's own router: one that is included is analysed once more with the first request.
    """
    first = next(page for page in pages if page.in_navigation)

    @made.get("/", include_in_schema=False)
    def home() -> RedirectResponse:
        return RedirectResponse(first.path, status_code=303)

    for page in pages:
        _add(made, f"{page.path}/tables/{{table}}.csv", page, server.csv, (TABLE,))
        _add(made, f"{page.path}/tables.xlsx", page, server.xlsx)
        if page.own is not None:
            _add(made, f"{page.path}{OWN}/{{table}}.csv", page, server.own_csv, (TABLE,))
            _add(made, f"{page.path}{OWN}", page, server.own)
        if page.document is not None:
            _add(made, f"{page.path}/document.docx", page, server.docx)
        _add(made, page.path, page, server.show)


def _add(
    router: APIRouter, path: str, page: Page, serve: Callable[..., Response], more: tuple[Parameter, ...] = ()
) -> None:
    parameters = (*SCOPE, *page.parameters)
    own = tuple(parameter.name for parameter in more)

    known = {parameter.name for parameter in parameters if not parameter.in_path}

    def endpoint(request: Request, **values: str) -> Response:
        if not known.issuperset(request.query_params):
            raise UnknownChoiceError
        given = {parameter.name: values[parameter.name] for parameter in parameters}
        return serve(page, request, given, *(values[name] for name in own))

    endpoint.__signature__ = _signature((*parameters, *more))  # type: ignore[attr-defined]  # read by FastAPI
    name = f"{page.name}{path.removeprefix(page.path).replace('/', '_')}"
    router.add_api_route(path, endpoint, methods=["GET"], name=name, summary=page.title, response_class=HTMLResponse)
    head = copy.copy(router.routes[-1])  # the same endpoint with the same parameters, analysed once
    assert isinstance(head, APIRoute)
    head.methods, head.name, head.include_in_schema = {"HEAD"}, f"{name}_head", False
    router.routes.append(head)


def _signature(parameters: tuple[Parameter, ...]) -> inspect.Signature:
    request = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
    return inspect.Signature([request, *(_parameter(parameter) for parameter in parameters)])


def _parameter(parameter: Parameter) -> inspect.Parameter:
    # What may stand there is checked in ``scope.py``, which answers *not found*; here it is only said, for the fuzzer.
    said: dict[str, Any] = {"enum": [*parameter.choices]} if parameter.choices else {}
    said |= {"pattern": f"^{parameter.pattern}$"} if parameter.pattern else {}
    facts: Mapping[str, Any] = {
        "description": parameter.description,
        "max_length": LONGEST_VALUE,
        "examples": list(parameter.examples) or None,
        "json_schema_extra": said or None,
    }
    kind = Path(**facts) if parameter.in_path else Query(**facts)
    default = inspect.Parameter.empty if parameter.in_path else ""
    return inspect.Parameter(
        parameter.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[str, kind]
    )
