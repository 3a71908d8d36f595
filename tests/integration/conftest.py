"""The small warehouse of the tests of faults, for tests here that need a whole one."""

from tests.faults.conftest import copied, filled

__all__ = ["copied", "filled"]
