"""Whether every model has kept the seals of what it wrote."""

from orchestration.database import connect
from orchestration.seals import broken_groups, known_scopes
from orchestration.settings import Settings


def assert_seals_hold(settings: Settings) -> None:
    with connect(settings, "transformer") as connection:
        broken = broken_groups(connection, known_scopes(connection))
    assert not broken, f"seals that a model did not keep: {broken[:5]}"
