"""What a population has to know of a larger one, and of the rows of its marts, before it is judged (RULES 33, 45)."""

from collections.abc import Mapping
from dataclasses import replace

from orchestration.release.declared.figures import COUNTED, Figures
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.elsewhere import Elsewhere
from orchestration.release.subject.judged import Judged
from orchestration.release.tables.rows import MartRows


def among(figures: Figures, larger: Judged | None, elsewhere: Elsewhere) -> Elsewhere:
    """What is hidden of the larger population is hidden here; its shown counts are known beside those that are here.

    Nothing of a population is shown where the larger one has no persons and no places in the period.
    """
    counted = {
        table.name
        for mart in figures.marts()
        for measure in figures.measures(mart)
        if measure.kind in COUNTED
        for _, table in figures.tables[mart.name, measure.name]
    }
    if larger is None:
        return elsewhere
    decision = larger.decision
    hidden, counts, told = set(), {}, set()
    for number, cell in enumerate(decision.system.cells):
        if not (decision.shown[number] or decision.held[number]):
            hidden.add(cell)
            continue
        if cell.table in figures.left:
            told.add(cell)
        if cell.table in counted:
            value = decision.value if decision.held[number] else decision.system.persons
            counts[cell] = int(value[number])
    return replace(elsewhere, hidden=elsewhere.hidden | hidden, larger=counts, told=frozenset(told), left=figures.left)


def fewest_of(figures: Figures, exact: Mapping[str, MartRows], period: str) -> dict[Cell, int]:
    """By cell the fewest persons behind any row of it, zeros apart, as the marts' columns ``behind`` count them."""
    found: dict[Cell, int] = {}
    for mart in figures.marts():
        if not mart.behind or mart.population != figures.population:
            continue
        rows = exact[mart.name]
        keys = figures.declaration.keys(mart)
        name = figures.declaration.populations[mart.population].period
        measure = next(one.name for one in figures.measures(mart))
        for position in range(len(rows)):
            if str(rows.columns[name][position]) != period:
                continue
            counts = [int(rows.columns[column][position] or 0) for column in mart.behind]
            least = min((count for count in counts if count > 0), default=0)
            for cell in figures.cell(mart, measure, {key: str(rows.columns[key][position]) for key in keys}):
                if least and (cell not in found or least < found[cell]):
                    found[cell] = least
    return found
