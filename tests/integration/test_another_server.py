"""One truth on two servers: PostgreSQL 16 as a council's own, with the same key and the same deliveries."""

from pydantic import SecretStr

from orchestration.database import ensure_ready
from orchestration.settings import Settings
from tests.faults.conftest import NewCopy
from tests.support.homes import MadeOnce, take_parsed_project
from tests.support.main_job import fingerprint, run_plainly
from tests.support.privileges import surprises_in
from tests.support.small_council import KEY


def test_the_same_run_on_a_server_of_another_version(
    copied: NewCopy, server_settings: Settings, made_once: MadeOnce
) -> None:
    embedded = copied(waiting=False)
    ensure_ready(embedded)
    server = server_settings.model_copy(update={"landing": embedded.landing, "pseudonym_key": SecretStr(KEY)})
    take_parsed_project(server, made_once)
    run_plainly(server)
    for schema in ("pseudonymised", "aggregated_exact", "aggregated"):
        assert fingerprint(server, schema) == fingerprint(embedded, schema), schema
    assert surprises_in(server) == surprises_in(embedded) == []
