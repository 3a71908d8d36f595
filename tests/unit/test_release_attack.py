"""The attacker inside a release: what is shown by mistake is found and named before anybody sees it (RULES 46)."""

from collections.abc import Callable
from typing import Any

import pytest

from orchestration.release.door.attack import attack, is_of_few, refusals, true_figures
from orchestration.release.follow.derived import ReleasedMart
from orchestration.release.protection.program import Finding, Program
from orchestration.release.tables.contracts import ReleaseContract
from tests.support.release_exact import contracts
from tests.support.release_runs import Releases
from tests.support.release_world import MONTHS, World, random_world

SIZES = {
    ("5000000", "primary"): 60, ("5000001", "primary"): 3, ("5000002", "primary"): 40, ("5000003", "primary"): 9,
    ("5100000", "secondary"): 90, ("5100001", "secondary"): 3, ("5100002", "secondary"): 70,
}  # fmt: skip
SCHOOLS = "attendance_by_school_year"


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReleaseContract, ...]:
    return contracts(tmp_path_factory.mktemp("contracts"))


@pytest.fixture(scope="module")
def releases(of: tuple[ReleaseContract, ...]) -> Releases:
    found = Releases(of)
    found.release(World(random_world(SIZES, months=MONTHS[:1]).pupils))
    return found


def _marts(releases: Releases, change: Callable[[str, dict[str, Any]], None] | None = None) -> dict[str, ReleasedMart]:
    marts = {}
    for mart, rows in releases.released.items():
        listed = [dict(zip(rows.columns, values, strict=True)) for values in zip(*rows.columns.values(), strict=True)]
        if change is not None:
            for row in listed:
                change(mart, row)
        names = [column.name for column in rows.contract.released_columns]
        keys = rows.contract.keys
        marts[mart] = ReleasedMart(
            rows.contract, {tuple(row[key] for key in keys): tuple(row[name] for name in names) for row in listed}
        )
    return marts


def _show(releases: Releases, *seed_codes: str) -> Callable[[str, dict[str, Any]], None]:
    """Show by mistake the rows of some schools."""
    exact = releases.exact[SCHOOLS]
    found = {code: position for position, code in enumerate(exact.columns["seed_code"])}

    def change(mart: str, row: dict[str, Any]) -> None:
        if mart == SCHOOLS and row["seed_code"] in seed_codes:
            row["openings_possible"] = exact.columns["openings_possible"][found[row["seed_code"]]]
            row["openings_symbol"] = None

    return change


def _truth(releases: Releases) -> Callable[[], dict[tuple[str, str], float]]:
    return lambda: true_figures(releases.exact)


def test_nothing_is_found_in_what_is_released(of: tuple[ReleaseContract, ...], releases: Releases) -> None:
    findings, tried = attack(of, _marts(releases), set(), _truth(releases))
    assert findings == []
    assert tried


def test_a_cell_that_follows_by_subtraction_is_named(of: tuple[ReleaseContract, ...], releases: Releases) -> None:
    hidden = [row["seed_code"] for row in releases.rows(SCHOOLS, sector="primary") if row["openings_symbol"]]
    assert "5000001" in hidden
    shown = [code for code in hidden if code != "5000001"]
    findings, _ = attack(of, _marts(releases, _show(releases, *shown)), set(), _truth(releases))
    said = [refusal.message for refusal in refusals(findings)]
    assert any("5000001|primary" in message for message in said), said


def test_what_was_tried_is_not_tried_again_until_it_changes(
    of: tuple[ReleaseContract, ...], releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, tried = attack(of, _marts(releases), set(), _truth(releases))
    solved: list[Program] = []
    honest = Program.bounded

    def counted(program: Program) -> Any:
        solved.append(program)
        return honest(program)

    monkeypatch.setattr(Program, "bounded", counted)
    assert attack(of, _marts(releases), tried, _truth(releases)) == ([], tried)
    assert solved == []
    primary = releases.rows(SCHOOLS, sector="primary")
    hidden = {row["seed_code"] for row in primary if row["openings_symbol"]} - {"5000001"}
    findings, now = attack(of, _marts(releases, _show(releases, *hidden)), tried, _truth(releases))
    assert findings
    assert {part.digest for part in solved}
    assert tried & now, "parts that stand as they did are left out"


def test_parts_are_solved_as_one_whole_would_be() -> None:
    """Two hidden cells of a row of 40 beside one of 30; a row withheld whole tells nothing."""
    program = Program()
    for name, value in (("total", 40.0), ("shown", 30.0), ("other total", 9.0)):
        program.known(name, value)
    for name in ("a", "b", "c", "d"):
        program.unknown(name, 1.0 if name in "ab" else 0.0, "pupils")
    program.total(["shown", "a", "b"], "total")
    program.total(["c", "d"], "other total")
    assert [sorted(part.hidden) for part in program.components()] == [["a", "b"], ["c", "d"]]
    assert program.solve() == []
    program.known("b", 7.0)
    del program.hidden["b"]
    (finding,) = program.solve()
    assert (finding.place, round(finding.low), round(finding.high)) == ("a", 3, 3)


@pytest.mark.parametrize(
    ("place", "low", "high", "figure", "expected"),
    [
        ("pupils total 5|primary|all", 3, 3, 3, True),
        ("pupils total 5|primary|all", 3, 3, 9, False),  # not true: of another date
        ("pupils total 5|primary|all", 9, 9, 9, False),  # of nine pupils
        ("pupils total 5|primary|all", 1, 4, None, True),  # nobody knows
        ("openings_possible total 5|primary|all", 300, 300, 300, True),
        ("pupils total 5|primary|all", float("nan"), float("nan"), 3, False),
    ],
)
def test_only_what_is_true_of_few_pupils_refuses(
    place: str, low: float, high: float, figure: float | None, expected: bool
) -> None:
    truth = {} if figure is None else {("2025/26", place): float(figure)}
    assert is_of_few(Finding(place, "pupils", low, high), "2025/26", truth) is expected
