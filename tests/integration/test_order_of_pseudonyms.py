"""Rule 6: no order that the database shows follows an identifier (after a rebuild: test_projects_in_the_main_job)."""

from orchestration.settings import Settings
from tests.support.lined_up import found_by_lists


def test_a_sorted_list_finds_no_more_than_chance(released: Settings) -> None:
    assert found_by_lists(released) == []
