"""Reads a YAML file with the line of each value, so that a mistake in it can be shown where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import WarehouseError
from orchestration.yaml_files import Loader

Place = tuple[str | int, ...]
"""Keys and positions that lead to a value, such as ``("schema", 0, "properties", 3, "logicalType")``."""


class DocumentError(WarehouseError):
    """A file that is no YAML, or cannot be read: the message names the line and says why."""


@dataclass(frozen=True)
class Problem:
    """Something that is wrong at a place of a document, in words that follow the place."""

    place: Place
    says: str


@dataclass
class Document:
    """What a file says, the line of each place of it, and keys that stand in it twice."""

    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest one around it that is in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def shown(place: Place) -> str:
    """A place as it is written in messages: ``schema[0].properties[3].logicalType``."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "the file"


def read_document(path: Path) -> Document:
    """Read a YAML file. Raises DocumentError, which names the line, where it is none or cannot be opened."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"it is not UTF-8 (byte {error.start + 1}): save it as UTF-8") from None
    except OSError as error:
        raise DocumentError(f"it cannot be read: {error.strerror}") from None
    try:
        loader = Loader(text)
    except yaml.YAMLError as error:
        raise DocumentError(_said(error)) from None
    found = Document()
    try:
        node = loader.get_single_node()
        found.value = None if node is None else _value(loader, node, (), found, ())
    except yaml.YAMLError as error:
        raise DocumentError(_said(error)) from None
    finally:
        loader.dispose()
    return found


def _said(error: yaml.YAMLError) -> str:
    """What the parser says, with line and column, without its picture of the text."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).partition("\n")[0]
    context = getattr(error, "context", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{where}it is no YAML: {problem}{f' ({context})' if context else ''}"


def _value(loader: Any, node: yaml.Node, place: Place, found: Document, around: tuple[int, ...]) -> Any:
    line = node.start_mark.line + 1
    found.lines.setdefault(place, line)
    if id(node) in around:
        raise DocumentError(f"line {line}: {shown(place)} refers to itself")
    around = (*around, id(node))
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        return dict(_entries(loader, node, place, found, around))
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*place, at), found, around) for at, item in enumerate(node.value)]
    try:
        return loader.construct_object(node, deep=True)
    except ValueError as error:  # a date such as 2025-13-45
        raise DocumentError(f"line {line}: {shown(place)} is {node.value!r}: {error}") from None


def _entries(
    loader: Any, node: yaml.MappingNode, place: Place, found: Document, around: tuple[int, ...]
) -> Iterator[tuple[str, Any]]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise DocumentError(f"line {line}: a key of {shown(place)} is no word")
        name = str(key.value)  # as it is written: `on` is the word and not true
        inner = (*place, name)
        if name in seen:
            found.problems.append(Problem(inner, f"stands twice, in lines {seen[name]} and {line}: keep one"))
        seen.setdefault(name, line)
        found.lines[inner] = line
        yield name, _value(loader, value, inner, found, around)
