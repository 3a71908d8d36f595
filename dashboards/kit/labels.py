"""The catalogue of labels: what pages call things, read once from ``labels.yml``, a file that can be translated."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).with_name("labels.yml")
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C takes a tenth of the time


@cache
def catalogue(path: Path = CATALOGUE) -> dict[str, dict[Any, Any]]:
    """All labels of one language by section and key. Raises OSError, and yaml.YAMLError where it is no YAML."""
    found: dict[str, dict[Any, Any]] = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 - a safe one
    return found


def labels(section: str) -> dict[Any, str]:
    """Labels of a section by key, such as ``labels("sectors")``. Raises KeyError where there is no such section."""
    return dict(catalogue()[section])


def pairs(section: str) -> dict[Any, tuple[str, str]]:
    """The same where each key has two labels: a day and its short form, a reason and its kind."""
    return {key: (first, second) for key, (first, second) in catalogue()[section].items()}


def label(section: str, key: str) -> str:
    """One label. Raises KeyError where there is none: a word that is missing is found by tests, not by readers."""
    found: str = catalogue()[section][key]
    return found


def symbols(kind: str) -> dict[str, str]:
    """What each symbol is called: ``on_page``, ``in_drawing``, ``in_little_room``, ``in_file``, ``explanation``."""
    return {symbol: said[kind] for symbol, said in catalogue()["symbols"].items()}


def with_part(title: str, parts: Mapping[str, str], part: str) -> str:
    """A page's heading with the part that is shown: ``Roll: month by month``; the first part has none."""
    return f"{title}: {parts[part][:1].lower()}{parts[part][1:]}" if part else title
