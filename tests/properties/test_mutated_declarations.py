"""A slip in a `release.yml` is refused, or shows no more than before (RULES 41): typos, lines lost, values swapped."""

import json
import os
import random
from pathlib import Path

import numpy as np
import pytest

from orchestration.contracts.document import DocumentError
from orchestration.release.declared.columns import problems_with
from orchestration.release.declared.declaration import Declaration, DeclarationError
from orchestration.release.declared.figures import figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.engine.cells import system_of
from orchestration.release.engine.model import PLACE, ModelError, coded
from orchestration.release.engine.protect import primary, protect, wanted_of
from tests.support.declared_world import FOLDER, SCHOOLS, manifest_of_roll, random_roll

MUTANTS = 300 if os.environ.get("PROPERTIES") == "all" else 25
TEXT = (FOLDER / "release.yml").read_text(encoding="utf-8")
ROLL = random_roll(3)
MOVEMENTS = "roll_movements"
"""Who came and left: no pupils of this roll, and their figures have a world of their own (``test_roll_moments``)."""


def mutant(text: str, generator: random.Random) -> str:
    """One slip: a character lost, doubled, swapped or changed; a line lost or doubled; a word put for another."""
    kind = generator.choice(["lost", "doubled", "swapped", "changed", "line lost", "line doubled", "word"])
    start = text.index("places:")
    at = generator.randrange(start, len(text) - 2)
    if kind == "lost":
        return text[:at] + text[at + 1 :]
    if kind == "doubled":
        return text[:at] + text[at] + text[at:]
    if kind == "swapped":
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == "changed":
        return text[:at] + generator.choice("abcdefghijklmnopqrstuvwxyz_,:[]{}1 ") + text[at + 1 :]
    lines = text.splitlines(keepends=True)
    line = generator.randrange(text[:start].count("\n"), len(lines))
    if kind == "line lost":
        return "".join(lines[:line] + lines[line + 1 :])
    if kind == "line doubled":
        return "".join(lines[: line + 1] + lines[line:])
    words = [word.strip("[]{},:\"'") for word in text[start:].split()]
    word = generator.choice([word for word in words if len(word) > 2])
    other = generator.choice([one for one in words if one and one != word])
    place = text.index(word, start)
    return text[:place] + other + text[place + len(word) :]


def shown(declaration: Declaration) -> dict[tuple[str, str, str, str], bool]:
    """For each row and measure whether it would be shown, by mart, measure, place and groups."""
    found: dict[tuple[str, str, str, str], bool] = {}
    for population in declaration.populations.values():
        if population.rows == MOVEMENTS:
            continue
        figures = figures_of(declaration, population.name, sorted(SCHOOLS), 20)
        columns = {
            name: [getattr(pupil, declaration.dimensions[name].column) for pupil in ROLL]
            for name in population.dimensions
        }
        columns[PLACE] = [f"{pupil.seed_code}|{pupil.sector}" for pupil in ROLL]
        model = figures.model
        system = system_of(model, coded(model, np.arange(len(ROLL), dtype=np.int64), columns))
        hidden = protect(system, wanted_of(system, primary(system)))
        assert not len(hidden.lost)
        tables = {
            (mart, measure): {table.name for _, table in parts} for (mart, measure), parts in figures.tables.items()
        }
        for (mart, measure), names in tables.items():
            for number, cell in enumerate(system.cells):
                if cell.table in names:
                    is_open = bool(system.is_shown[number] and not hidden.cells[number])
                    found[mart, measure, cell.place, "/".join(cell.groups)] = is_open
    return found


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory):
    return json.loads(manifest_of_roll(tmp_path_factory.mktemp("roll") / "m.json").read_text())["nodes"]


def test_slips_are_refused_or_show_no_more(tmp_path: Path, nodes) -> None:
    plain = read_declaration(FOLDER / "release.yml")
    usual = shown(plain)
    few = {key for key, is_open in usual.items() if not is_open}
    path = tmp_path / "roll" / "release.yml"
    path.parent.mkdir()
    refused = 0
    for seed in range(MUTANTS):
        text = mutant(TEXT, random.Random(seed))
        path.write_text(text, encoding="utf-8")
        try:
            declaration = read_declaration(path)
            if problems_with(declaration, nodes):
                raise DeclarationError("columns")
            if declaration == plain:
                continue
            found = shown(declaration)
        except (DeclarationError, DocumentError, ModelError, AttributeError):
            refused += 1  # AttributeError: the persons of this test have no such column
            continue
        wider = {key for key, is_open in found.items() if is_open and key in few}
        assert not wider, (seed, sorted(wider)[:3])
    assert refused > MUTANTS / 3
