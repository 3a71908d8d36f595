"""Whatever is asked for, by whom: an answer in words, never an error that nobody foresaw, never a trace.

All routes and parameters are taken from the application itself, with values that it takes, that it nearly takes, and
that nobody would think of.
"""

import string
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.site.app import create_app
from orchestration.access import grant_example_set
from orchestration.settings import Settings

ORIGIN = "http://127.0.0.1"
AUTHORITY = "S12000005"
FORESEEN = {200, 303, 304, 307, 400, 401, 403, 404, 405, 422}
KNOWN = (
    AUTHORITY, "S12000049", "2025-26", "2025/26", "2024-25", "2025-27", "primary", "secondary", "special", "all",
    "5705231", "99999999999999999999", "0", "-1", "1e400", "null", "attendance_by_school_year", "attendance_codes",
    "' or 1=1 --", "%00", "\x00", "../../etc/passwd", "{{7*7}}", "<script>", "\u202e", "٣", "\uff21", "officer",
    "a" * 5000,
)  # fmt: skip
ODD = st.one_of(
    st.sampled_from(KNOWN), st.text(max_size=40), st.text(string.digits, max_size=12),
    st.binary(max_size=20).map(lambda raw: raw.decode("latin-1")),
)  # fmt: skip


@pytest.fixture(scope="module")
def clients(released: Settings) -> Iterator[list[TestClient]]:
    """An officer, a head, and nobody, in front of one application."""
    grant_example_set(released, AUTHORITY)
    app = create_app(released.model_copy(update={"sign_in_tries": 10_000}))
    with TestClient(app, base_url=ORIGIN):
        found = []
        for reader in ("officer", "head-secondary", None):
            client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
            if reader:
                form = {"reader": reader, "next": "/about"}
                assert client.post("/sign-in/local", data=form, headers={"origin": ORIGIN}).status_code == 303
            found.append(client)
        yield found


def routes(app: Any) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Method, path and parameters of each route as the application describes it, and what it does not describe."""
    described = [
        (method, path, operation.get("parameters", []))
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
    ]
    more = [("get", path, []) for path in ("/", "/static/x/dashboards.css", "/robots.txt", "/favicon.ico", "/{page}")]
    return described + more


def values_for(parameter: dict[str, Any]) -> st.SearchStrategy[str]:
    """What may be given: what the route says it takes, or anything."""
    schema = parameter.get("schema", {})
    good = [str(value) for value in [*schema.get("enum", []), *schema.get("examples", [])]]
    return st.one_of(st.sampled_from(good), ODD) if good else ODD


@st.composite
def asked(draw: st.DrawFn, app: Any) -> tuple[str, str, dict[str, str]]:
    """A method, an address with all its pieces, and a query."""
    method, path, parameters = draw(st.sampled_from(routes(app)))
    query: dict[str, str] = {}
    for parameter in parameters:
        value = draw(values_for(parameter))
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(value, safe=""))
        elif parameter["in"] == "query" and draw(st.booleans()):
            query[parameter["name"]] = value
    path = path.replace("{page}", quote(draw(ODD), safe=""))
    if draw(st.integers(0, 9)) == 0:
        query[draw(ODD)] = draw(ODD)
        method = draw(st.sampled_from(("get", "head", "post", "put", "delete", "options", "patch")))
    return method, path, query


@given(data=st.data(), reader=st.integers(0, 2), headers=st.dictionaries(
    st.sampled_from(("accept-encoding", "cookie", "origin", "range", "if-none-match", "sec-fetch-site", "host")),
    st.text(string.printable.strip(), max_size=30), max_size=2,
))  # fmt: skip
@settings(
    max_examples=400, deadline=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
def test_nothing_that_is_asked_breaks_a_page(
    clients: list[TestClient], data: st.DataObject, reader: int, headers: dict[str, str]
) -> None:
    client = clients[reader]
    method, path, query = data.draw(asked(client.app))
    if "host" in headers and not headers["host"].isalnum():
        headers.pop("host")  # a client of ours cannot even send it
    content = "&".join(f"{name}={value}" for name, value in query.items()).encode("utf-8", "replace")
    answer = client.request(
        method, path, params=query, headers={**headers, "x-forwarded-for": "203.0.113.9"},
        content=content if method == "post" else None,
    )  # fmt: skip
    assert answer.status_code in FORESEEN, (method, path, query, answer.status_code)
    assert "Traceback" not in answer.text
    if (
        method != "head"
        and answer.status_code >= 400
        and answer.headers.get("content-type", "").startswith("text/html")
    ):
        assert "<h1" in answer.text
