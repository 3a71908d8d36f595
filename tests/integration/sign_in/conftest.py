"""Two small sites with sign-in: ``site_with_provider`` (OpenID Connect) and ``site_of_examples`` (made-up readers)."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.identity_provider import IdentityProvider, identity_provider
from tests.support.sign_in_site import ORIGIN, add_reader, change, give, site

HEAD = ("5705231", "primary")
SECRET = SecretStr("of-the-tests")
ALIVE = {"revoked_at": None, "valid_until": None}


@pytest.fixture(scope="session")
def provider() -> Iterator[IdentityProvider]:
    with identity_provider() as running:
        yield running


@pytest.fixture(scope="session")
def warehouse(new_warehouse: NewWarehouse) -> Settings:
    """A warehouse of its own; nothing is released in it."""
    return new_warehouse(sign_in_tries=10_000)


@pytest.fixture(scope="session")
def with_provider(warehouse: Settings, provider: IdentityProvider) -> Settings:
    """The settings of the same warehouse as a council would have them."""
    known = {"oidc_issuer": provider.issuer, "oidc_client_id": "dashboards", "oidc_client_secret": SECRET}
    return warehouse.model_copy(update={"dashboards_url": ORIGIN, **known})


@pytest.fixture(scope="module")
def site_with_provider(with_provider: Settings) -> Iterator[FastAPI]:
    with site(with_provider) as made:
        yield made


@pytest.fixture(scope="module")
def site_of_examples(warehouse: Settings) -> Iterator[FastAPI]:
    with site(warehouse) as made:
        yield made


@pytest.fixture
def person(warehouse: Settings, provider: IdentityProvider) -> int:
    """A head teacher who is known here by e-mail, and to the provider as ``mhairi``."""
    _clear(warehouse)
    provider.know("mhairi", email="Mhairi@Example.org", email_verified=True)
    number = add_reader(warehouse, "mhairi", email="mhairi@example.org", subject=None, **ALIVE)
    give(warehouse, number, HEAD)
    return number


@pytest.fixture
def readers(warehouse: Settings) -> dict[str, int]:
    """Two made-up readers, and a person who is none."""
    _clear(warehouse)
    numbers = {
        "head-primary": add_reader(warehouse, "head-primary", subject="example|head-primary", **ALIVE),
        "officer": add_reader(warehouse, "officer", subject="example|officer", **ALIVE),
        "mhairi": add_reader(warehouse, "mhairi", email="mhairi@example.org", **ALIVE),
    }
    give(warehouse, numbers["head-primary"], HEAD)
    give(warehouse, numbers["officer"])
    give(warehouse, numbers["mhairi"])
    return numbers


def _clear(warehouse: Settings) -> None:
    change(warehouse, "truncate access.sessions, access.scopes, control.page_reads")
