"""Which rows of a mart are of which level of places and by which dimensions: some marts hold several such tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestration.release.declared.declaration import Declaration, DimensionOf, Either, Mart, Place

Key = tuple[DimensionOf, str, str]
"""A dimension that a row is by, its level (the finest is ''), and the column of the row that has the group."""


@dataclass(frozen=True)
class Slice:
    """Rows in which each column of ``matches`` has its value.

    ``place`` is their level of places and ``columns`` the columns of a row that name one; ``by`` has no cuts.
    """

    matches: Mapping[str, str]
    place: Place
    columns: tuple[str, ...]
    by: tuple[Key, ...]

    def has(self, row: Mapping[str, str]) -> bool:
        """Whether a row (key columns as text) is one of these."""
        return all(row[column] == value for column, value in self.matches.items())


def slices_of(declaration: Declaration, mart: Mart) -> list[Slice]:
    """The slices of a mart; of those that have a row, the first counts."""
    by = tuple(
        (dimension, level, mart.names.get(column, column))
        for column in mart.by
        for dimension, level in [declaration.dimension_of(column)]
        if not dimension.is_cut
    )
    place = declaration.place(mart.place)
    if mart.either is None:
        return list(_of_place(declaration, place, place.columns, {}, by))
    return [one for value in mart.either.are for one in _of_either(declaration, mart.either, value, place, by)]


def _of_either(
    declaration: Declaration, either: Either, value: str, place: Place, by: tuple[Key, ...]
) -> Iterator[Slice]:
    matches, name = {either.column: value}, either.are[value]
    if name in {one.name for one in declaration.places}:
        yield from _of_place(declaration, declaration.place(name), (either.value,), matches, by)
    else:
        dimension, level = declaration.dimension_of(name)
        yield Slice(matches, place, place.columns, (*by, (dimension, level, either.value)))


def _of_place(
    declaration: Declaration, place: Place, columns: tuple[str, ...], matches: Mapping[str, str], by: tuple[Key, ...]
) -> Iterator[Slice]:
    if place.total is not None and place.total_place is not None:
        coarser = declaration.place(place.total_place)
        yield Slice({**matches, columns[-1]: place.total}, coarser, columns[: len(coarser.columns)], by)
    yield Slice(matches, place, columns, by)
