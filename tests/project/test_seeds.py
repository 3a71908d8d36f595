"""Seeds: each CSV is described, typed and licensed, and says what it is (what it holds, dbt tests)."""

import csv
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR
from orchestration.yaml_files import read_yaml

SEEDS = sorted((PROJECT_DIR / "seeds").glob("*.csv"))
IMPORTED_ALONE = {"comparison_values"}
"""Seeds without rows: a council imports its own."""
MODEST = 4_000_000  # bytes of all seeds together; they are read at each start of landing and of dbt


def header(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def description(path: Path) -> dict[str, object]:
    (seed,) = read_yaml(path.with_suffix(".yml"))["seeds"]
    return dict(seed)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_a_seed_is_described_as_it_is(path: Path) -> None:
    seed = description(path)
    types = {column["name"]: column["data_type"] for column in seed["columns"]}  # type: ignore[attr-defined]
    assert seed["name"] == path.stem
    assert list(types) == header(path)
    assert types == seed["config"]["column_types"]  # type: ignore[index]


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_a_seed_names_its_publisher_and_licence(path: Path) -> None:
    words = " ".join(str(description(path)["description"]).split())
    assert "licence" in words.lower()
    assert any(word in words for word in ("Scottish Government", "Written for this project"))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_no_key_occurs_twice(path: Path) -> None:
    grain = description(path)["config"]["meta"]["grain"]  # type: ignore[index]
    with path.open(newline="", encoding="utf-8") as file:
        keys = [tuple(row[name] for name in grain) for row in csv.DictReader(file)]
    assert len(set(keys)) == len(keys)
    assert bool(keys) is (path.stem not in IMPORTED_ALONE)


def test_seeds_are_of_modest_size() -> None:
    assert sum(path.stat().st_size for path in SEEDS) < MODEST
