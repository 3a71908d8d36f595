"""What a model declares for release under ``config.meta.release``, read strictly: what is not known is named (41)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from orchestration.meant import hint
from orchestration.release.tables.shapes import KINDS


@dataclass(frozen=True)
class Declaration:
    """The keys that ``meta.release`` may have, and nothing else.

    ``kind`` says which rules protect the mart. ``keys`` are the released table's primary key. ``groups`` has the
    measures that are null together, under the symbol ``<group>_symbol``. ``stamps`` are shown always and say how a
    row came about. ``exact_only`` stay inside: who stands behind a row, why it is withheld. ``shared`` says which
    rows about a whole authority heads of its schools see: ``true``, or one column with a list of values.
    """

    kind: str
    keys: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]
    stamps: tuple[str, ...]
    exact_only: tuple[str, ...]
    shared: tuple[str, ...]


KNOWN = tuple(field.name for field in fields(Declaration))


def _names(what: str, found: Any, problems: list[str]) -> tuple[str, ...]:
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        problems.append(f"{what} is {found!r}; it has to be a list of columns, such as [sector, academic_year]")
        return ()
    if twice := sorted({name for name in found if found.count(name) > 1}):
        problems.append(f"{what} names {', '.join(twice)} twice")
    return tuple(found)


def _shared(found: Any, columns: Iterable[str], problems: list[str]) -> tuple[str, ...]:
    if found is None or found is False:
        return ()
    if found is True:
        return ("*",)
    if isinstance(found, dict) and len(found) == 1 and set(found) <= set(columns):
        ((column, values),) = found.items()
        if isinstance(values, list) and values:
            return (str(column), *map(str, values))
    problems.append(
        f"meta.release.shared is {found!r}; it has to be true, or one column of the model with a list of values; "
        f"known are {', '.join(columns)}"
    )
    return ()


def read_declaration(found: Any, columns: Iterable[str]) -> tuple[Declaration | None, list[str]]:
    """``meta.release`` of a model with these columns. Out: the declaration, and what is wrong, in words."""
    if not isinstance(found, Mapping):
        return None, [f"meta.release is a mapping with the keys {', '.join(KNOWN)}"]
    problems = [f"meta.release.{key} is not read by anything; {hint(key, KNOWN)}" for key in found if key not in KNOWN]
    kind = found.get("kind")
    if kind not in KINDS:
        what = "meta.release has no kind" if kind is None else f"meta.release.kind {kind!r} is not known"
        problems.append(f"{what}; {hint(kind, KINDS)}")
    groups: dict[str, tuple[str, ...]] = {}
    declared = found.get("groups")
    if declared is not None and not isinstance(declared, Mapping):
        problems.append("meta.release.groups is a mapping of a group's name to its measures")
    elif declared:
        for group, measures in declared.items():
            groups[str(group)] = _names(f"meta.release.groups.{group}", measures, problems)
    return (
        Declaration(
            kind=str(kind),
            keys=_names("meta.release.keys", found.get("keys"), problems),
            groups=groups,
            stamps=_names("meta.release.stamps", found.get("stamps"), problems),
            exact_only=_names("meta.release.exact_only", found.get("exact_only"), problems),
            shared=_shared(found.get("shared"), columns, problems),
        ),
        problems,
    )
