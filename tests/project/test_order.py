"""The order in which files of tests run names files that there are."""

import pytest

from orchestration.settings import PROJECT_DIR
from tests.support.order import LONGEST_FIRST, rank


@pytest.mark.parametrize("path", LONGEST_FIRST)
def test_a_file_that_begins_is_there(path: str) -> None:
    assert (PROJECT_DIR / "tests" / path).is_file()


def test_what_is_not_named_comes_last() -> None:
    assert rank("unit/test_settings.py") == len(LONGEST_FIRST) > rank(LONGEST_FIRST[-1])
