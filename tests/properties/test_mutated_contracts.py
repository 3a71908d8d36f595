"""Whatever is mistyped, moved or added in what models declare, readers see no more (RULES 41).

A mutant is refused by the name of its mart, or a release of it shows the same figures. ``MUTANTS`` in the environment
asks for more of them.
"""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from orchestration.release.tables.contracts import ReleaseContract, contracts_of
from tests.support.contract_mutants import Mutant, Nodes
from tests.support.release_exact import fake_manifest
from tests.support.release_runs import Releases
from tests.support.release_world import MONTHS, World, random_world

COUNT = int(os.environ.get("MUTANTS", "320"))
MADE = ("reference", "schools", "month_history", "similar_schools", "clusters", "cluster_attendance")
WORLDS = (
    random_world({("5000000", "primary"): 60, ("5000001", "primary"): 14, ("5000002", "primary"): 3}, 1, MONTHS[:1]),
    random_world({("5000000", "primary"): 30, ("5100000", "secondary"): 45, ("5200000", "special"): 6}, 2, MONTHS[:1]),
)
Shown = dict[tuple[str, str, str], Any]


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Nodes:
    path: Path = fake_manifest(tmp_path_factory.mktemp("contracts") / "manifest.json", made=MADE)
    found: Nodes = json.loads(path.read_text())["nodes"]
    return found


def _shown(of: tuple[ReleaseContract, ...], world: World) -> Shown:
    """Every figure that readers see, by mart, row and column."""
    releases = Releases(contract for contract in of if contract.is_protected and contract.kind != "schools")
    found: Shown = {}
    for mart, rows in releases.release(world).items():
        keys = sorted(rows.contract.keys)
        for position in range(len(rows)):
            row = " ".join(f"{key}={rows.columns[key][position]}" for key in keys)
            found.update(
                ((mart, row, name), values[position])
                for name, values in rows.columns.items()
                if values[position] is not None
            )
    return found


def _names(of: tuple[ReleaseContract, ...]) -> str:
    return json.dumps(sorted([c.mart, c.kind, sorted(c.keys), sorted(c.exact_only), c.shared] for c in of))


def test_no_mutant_shows_more(nodes: Nodes) -> None:
    honest, problems = contracts_of(nodes.values())
    assert problems == []
    figures = [_shown(honest, world) for world in WORLDS]
    outcomes: Counter[str] = Counter()
    tried: set[str] = {_names(honest)}
    for seed in range(COUNT):
        mutant = Mutant(nodes, seed)
        of, problems = contracts_of(mutant.nodes.values())
        told = f"{mutant.what} of {mutant.mart} (seed {seed})"
        outcomes["refused" if problems else "same"] += 1
        if problems:
            names = {mutant.mart, str(mutant.node.get("alias"))}
            assert any(name in problem for problem in problems for name in names), told
            continue
        assert {contract.mart for contract in of} == {contract.mart for contract in honest}, told
        for contract in of:
            assert {c.name for c in contract.released_columns} == {
                c.name for other in honest if other.mart == contract.mart for c in other.released_columns
            }, told
        if _names(of) not in tried:
            tried.add(_names(of))
            for world, before in zip(WORLDS, figures, strict=True):
                assert _shown(of, world) == before, told
    assert _shown(of if not problems else honest, WORLDS[0]) == figures[0]
    assert outcomes["refused"] > outcomes["same"] > 0
    print(dict(outcomes), len(tried))
