"""The cases that stand beside the models, each on rows written out, run on the real engine."""

import json

from orchestration.database import connect, ensure_ready
from orchestration.settings import Settings
from orchestration.subjects import landed_feeds, waiting_models
from orchestration.transform import ensure_manifest, run_dbt
from tests.faults.conftest import NewCopy


def test_each_case_beside_a_model_comes_out_as_written(copied: NewCopy) -> None:
    """Among them: a feed that comes by itself makes nothing late, and next year's calendar does not hide what is.

    dbt takes the columns of what a case names from the database: subjects whose feeds have not come are built empty.
    """
    settings: Settings = copied(waiting=False)
    ensure_ready(settings)
    manifest = json.loads(ensure_manifest(settings).read_text())
    with connect(settings, "transformer") as connection:
        waiting = waiting_models(manifest, landed_feeds(connection))
    empty = run_dbt(settings, ["run", "--select", *(key.split(".")[-1] for key in sorted(waiting))])
    assert empty.success, empty.error or "\n".join(f"{node.unique_id}: {node.message}" for node in empty.failed)
    result = run_dbt(settings, ["test", "--select", "test_type:unit"])
    assert len([node for node in result.nodes if node.unique_id.startswith("unit_test.")]) > 50
    assert result.success, result.error or "\n".join(f"{node.unique_id}: {node.message}" for node in result.failed)
