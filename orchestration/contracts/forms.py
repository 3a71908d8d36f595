"""Forms of a YAML document: which keys there are, which values they take, and in which words a mistake is told."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from orchestration.contracts.document import Place, Problem
from orchestration.meant import hint, meant, nearest


class Form(Protocol):
    """What a value has to be."""

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """Everything that is wrong with a value at this place."""
        ...


def _is(value: Any, wanted: str) -> str:
    if value is None:
        return f"is empty; it has to be {wanted}"
    seen = "a mapping of keys" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)
    return f"is {seen}; it has to be {wanted}"


@dataclass(frozen=True)
class Anything:
    """What only people read, or the library checks."""

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """None."""
        yield from ()


@dataclass(frozen=True)
class Text:
    """Text: one of ``known`` where there are any, else of the ``pattern`` that ``like`` describes, and never empty."""

    known: tuple[str, ...] = ()
    pattern: str = r"[\s\S]*\S[\s\S]*"
    like: str = "text"

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """Whether it is text, and which."""
        wanted = f"one of {', '.join(self.known)}" if self.known else self.like
        if value is None or isinstance(value, dict | list):
            yield Problem(place, _is(value, wanted))
        elif not isinstance(value, str):
            near = meant(value, self.known)
            yield Problem(
                place, f"{_is(value, wanted)}, in quotation marks where YAML takes it for something else{near}"
            )
        elif self.known and value not in self.known:
            yield Problem(place, f"is {value!r}; {hint(value, self.known)}")
        elif not self.known and not re.fullmatch(self.pattern, value):
            yield Problem(place, f"is {value!r}; it has to be {self.like}")


@dataclass(frozen=True)
class Expression:
    """A regular expression."""

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """Whether it can be compiled."""
        if not isinstance(value, str) or not value:
            yield Problem(place, _is(value, "a regular expression such as '[0-9]{7}', in quotation marks"))
            return
        try:
            re.compile(value)
        except re.error as error:
            yield Problem(place, f"is {value!r}; it has to be a regular expression such as '[0-9]{{7}}': {error}")


@dataclass(frozen=True)
class Number:
    """A number, whole unless ``is_share``, which lies between 0 and 1."""

    at_least: float | None = None
    is_share: bool = False

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """Whether it is a number, and one in bounds."""
        wanted = "a whole number" if self.at_least is None else f"a whole number, {self.at_least:g} or more"
        kinds: tuple[type, ...] = (int,)
        if self.is_share:
            wanted, kinds = "a number from 0 to 1", (int, float)
        is_number = isinstance(value, kinds) and not isinstance(value, bool)
        if (
            not is_number
            or (self.at_least is not None and value < self.at_least)
            or (self.is_share and not 0 <= value <= 1)
        ):
            yield Problem(place, _is(value, wanted))


@dataclass(frozen=True)
class Limit:
    """A number with or without a fraction."""

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """Whether it is a number."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield Problem(place, _is(value, "a number"))


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """Whether it is either."""
        if not isinstance(value, bool):
            yield Problem(place, _is(value, "true or false"))


@dataclass(frozen=True)
class ListOf:
    """A list of one form, with ``at_least`` so many entries and, where there is one, ``at_most`` so many."""

    of: Form
    at_least: int = 1
    at_most: int | None = None

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """Whether it is a list that is long enough, and what is wrong with its entries."""
        size = f"{self.at_least}" if self.at_most == self.at_least else f"{self.at_least} or more"
        entries = "entry" if size == "1" else "entries"
        if not isinstance(value, list):
            yield Problem(place, _is(value, f"a list of {size} {entries}, each after a dash"))
            return
        if len(value) < self.at_least or (self.at_most is not None and len(value) > self.at_most):
            yield Problem(place, f"has {len(value)}; it has to have {size} {entries}")
        for at, entry in enumerate(value):
            yield from self.of.problems(entry, (*place, at))


@dataclass(frozen=True)
class Keys:
    """A mapping with ``known`` keys, of which ``needed`` may not be left out.

    ``standard`` are keys that the standard has and nothing here acts on: a promise that nobody keeps is refused.
    """

    known: Mapping[str, Form]
    needed: tuple[str, ...] = ()
    standard: frozenset[str] = frozenset()

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """Keys that are not known, or missing, and what is wrong with values."""
        if not isinstance(value, dict):
            yield Problem(place, _is(value, f"a mapping with the keys {', '.join(self.known)}"))
            return
        unknown = [key for key in value if key not in self.known]
        for key in unknown:
            if key in self.standard:
                yield Problem((*place, key), "is a key of the standard on which nothing here acts: take it out")
            else:
                yield Problem((*place, key), f"is no key that is known here; {hint(key, self.known)}")
        for key in self.needed:
            if key not in value:
                yield Problem((*place, key), f"is missing{_allowed(self.known[key])}{_slip(key, unknown)}")
        for key, inner in value.items():
            if key in self.known:
                yield from self.known[key].problems(inner, (*place, key))


def _slip(name: str, unknown: Iterable[str]) -> str:
    near = nearest(name, unknown)
    return f"; is {near} a slip for it?" if near else ""


def _allowed(form: Form) -> str:
    return f"; known are {', '.join(form.known)}" if isinstance(form, Text) and form.known else ""


@dataclass(frozen=True)
class Pairs:
    """A list of pairs of a name and a value, as in ``- {property: kind, value: delta}``: the form goes by the name."""

    known: Mapping[str, Form]
    needed: tuple[str, ...] = ()
    also: tuple[str, ...] = ("description", "id")
    name: str = "property"
    further: Mapping[str, Form] | None = None

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """Names that are not known, twice there or missing, and what is wrong with values."""
        keys: dict[str, Form] = {self.name: Text(tuple(self.known)), "value": Anything()}
        keys |= {key: Text() for key in self.also} | dict(self.further or {})
        form = Keys(keys, (self.name, "value"))
        if not isinstance(value, list):
            yield Problem(
                place, _is(value, f"a list of pairs such as {{{self.name}: {next(iter(self.known))}, value: ...}}")
            )
            return
        seen: dict[str, int] = {}
        unknown = []
        for at, entry in enumerate(value):
            yield from form.problems(entry, (*place, at))
            name = entry.get(self.name) if isinstance(entry, dict) else None
            if not isinstance(name, str) or name not in self.known:
                unknown.append(str(name))
                continue
            if name in seen:
                yield Problem((*place, at, self.name), f"is {name!r} as in entry {seen[name]}: keep one of the two")
            seen.setdefault(name, at)
            if "value" in entry:
                yield from self.known[name].problems(entry["value"], (*place, at, "value"))
        for name in self.needed:
            if name not in seen:
                said = f"{_allowed(self.known[name])}{_slip(name, unknown)}"
                yield Problem(place, f"has no {self.name} {name}{said}")


@dataclass(frozen=True)
class OneOf:
    """A mapping with exactly one of the known keys."""

    known: Mapping[str, Form]

    def problems(self, value: Any, place: Place) -> Iterator[Problem]:
        """Whether it has one key that is known, and what is wrong with its value."""
        yield from Keys(self.known).problems(value, place)
        if isinstance(value, dict) and len(value) != 1:
            yield Problem(place, f"has {len(value)} keys; it has to have one of {', '.join(self.known)}")
