"""A mart that no subject has, for tests of what may be read of released tables: its contract has keys alone."""

from collections.abc import Sequence

from orchestration.release.tables.contracts import Column, ReleaseContract


def probe(mart: str, keys: Sequence[str]) -> ReleaseContract:
    """The contract of a mart of schools with these keys; ``month`` is a date, all else text."""
    return ReleaseContract(
        mart=mart,
        kind="school",
        keys=tuple(keys),
        groups={},
        columns=tuple(Column(name, "date" if name == "month" else "text", "") for name in keys),
        exact_only=(),
        description="",
        relation="",
    )
