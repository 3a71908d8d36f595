"""The cases that stand beside the models, each on rows written out, run on the real engine."""

from orchestration.database import ensure_ready
from orchestration.settings import Settings
from orchestration.transform import run_dbt
from tests.faults.conftest import NewCopy


def test_each_case_beside_a_model_comes_out_as_written(copied: NewCopy) -> None:
    """Among them: a feed that comes by itself makes nothing late, and next year's calendar does not hide what is."""
    settings: Settings = copied(waiting=False)
    ensure_ready(settings)
    result = run_dbt(settings, ["test", "--select", "test_type:unit"])
    assert len([node for node in result.nodes if node.unique_id.startswith("unit_test.")]) > 50
    assert result.success, result.error or result.failed
