"""Lateness is of a feed: the cases that stand beside the models of freshness, run on the real engine."""

from orchestration.settings import Settings
from orchestration.transform import run_dbt

OF_FRESHNESS = ("test_type:unit,control_freshness", "test_type:unit,control_expected_contributors")


def test_a_feed_that_comes_by_itself_makes_nothing_late_and_hides_nothing(released: Settings) -> None:
    """An exclusions-only delivery made attendance late at every school; next year's calendar hid that it was."""
    result = run_dbt(released, ["test", "--select", *OF_FRESHNESS])
    assert result.success, result.error or result.failed
