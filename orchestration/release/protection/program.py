"""What readers know of figures, as a linear program: values, sums between them, and what can be worked out."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from orchestration.release.highs import FloatArray
from orchestration.release.highs import Program as Solver
from orchestration.release.tables.rows import NOT_AVAILABLE, MartRows
from orchestration.release.thresholds import SMALL

TOLERANCE = 1e-4
LARGEST = 1e6
"""More pupils or openings than any authority has, so that every program has an end."""
ROUNDS = 12
OF_A_TIME = "pupils of a time"
"""Pupils of a week are no more than those of the year, which may be shown: five or more of them give nobody away."""
Term = tuple[str, float]


@dataclass(frozen=True)
class Finding:
    """A hidden figure that can be worked out: where, of what, and the least and most it can be."""

    place: str
    what: str
    low: float
    high: float


@dataclass
class Program:
    """Unknown figures by name, what is known of each, and sums that hold between them."""

    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    sums: list[tuple[list[Term], float]] = field(default_factory=list)

    def known(self, name: str, value: float) -> None:
        """A figure that is shown."""
        self.bounds[name] = (value, value)

    def unknown(self, name: str, floor: float = 0.0, hidden_as: str | None = None) -> None:
        """A figure that is not; ``hidden_as`` says what is to be reported if it can be had."""
        self.bounds[name] = (floor, np.inf)
        if hidden_as is not None:
            self.hidden[name] = hidden_as

    def total(self, parts: Iterable[str], whole: str, slack: bool = False) -> None:
        """Parts add up to a whole, or to more where persons may be counted twice (``slack``)."""
        listed = list(parts)
        if whole not in self.bounds or not listed or any(part not in self.bounds for part in listed):
            return
        terms = [(part, 1.0) for part in listed] + [(whole, -1.0)]
        if slack:
            name = f"slack {len(self.bounds)}"
            self.bounds[name] = (0.0, np.inf)
            terms.append((name, -1.0))
        self.sums.append((terms, 0.0))

    def within(self, parts: Iterable[str], whole: str) -> None:
        """Parts add up to a whole or to less: they are some of what it holds."""
        listed = list(parts)
        if whole not in self.bounds or not listed or any(part not in self.bounds for part in listed):
            return
        name = f"slack {len(self.bounds)}"
        self.bounds[name] = (0.0, np.inf)
        self.sums.append(([(part, 1.0) for part in listed] + [(name, 1.0), (whole, -1.0)], 0.0))

    def components(self) -> list["Program"]:
        """Parts that hang together, each with at least one hidden figure; what is known is taken in.

        A figure that is known links nothing: it is a number in the sums that it stands in.
        """
        parent: dict[str, str] = {}

        def root(name: str) -> str:
            while parent.setdefault(name, name) != name:
                parent[name] = parent[parent[name]]
                name = parent[name]
            return name

        reduced: list[tuple[list[Term], float]] = []
        for terms, amount in self.sums:
            open_terms = [(name, sign) for name, sign in terms if self._is_open(name)]
            if not open_terms:
                continue
            known = sum(sign * self.bounds[name][0] for name, sign in terms if not self._is_open(name))
            reduced.append((open_terms, amount - known))
            for name, _ in open_terms[1:]:
                parent[root(name)] = root(open_terms[0][0])
        found: dict[str, Program] = {}
        for name, what in self.hidden.items():
            part = found.setdefault(root(name), Program())
            part.hidden[name] = what
            part.bounds[name] = self.bounds[name]
        for terms, amount in reduced:
            if (of := found.get(root(terms[0][0]))) is not None:
                of.sums.append((terms, amount))
                of.bounds.update((name, self.bounds[name]) for name, _ in terms)
        return list(found.values())

    def _is_open(self, name: str) -> bool:
        low, high = self.bounds[name]
        return low != high

    @property
    def digest(self) -> str:
        """The same for the same pattern, and the same numbers of pupils: tried once, it need not be tried again.

        Openings grow each night, and what follows from them exactly follows whatever they are.
        """

        def of_sum(terms: list[Term], amount: float) -> str:
            is_of_openings = any(name.startswith("openings") for name, _ in terms)
            named = sorted(("slack" if name.startswith("slack ") else name, sign) for name, sign in terms)
            return repr((named, None if is_of_openings else amount))

        sums = sorted(of_sum(terms, amount) for terms, amount in self.sums)
        bounds = sorted((name, *found) for name, found in self.bounds.items() if not name.startswith("slack "))
        return hashlib.sha256(repr((bounds, sorted(self.hidden.items()), sums)).encode()).hexdigest()

    def _system(self) -> tuple[list[str], csr_array, FloatArray, FloatArray]:
        names = sorted(self.bounds)
        position = {name: number for number, name in enumerate(names)}
        rows, columns, values = [], [], []
        for number, (terms, _) in enumerate(self.sums):
            for name, sign in terms:
                rows.append(number)
                columns.append(position[name])
                values.append(sign)
        matrix = csr_array((values, (rows, columns)), shape=(len(self.sums), len(names)))
        limits = np.array([self.bounds[name] for name in names], dtype=np.float64)
        return names, matrix, np.array([amount for _, amount in self.sums], dtype=np.float64), limits

    def solve(self) -> list[Finding]:
        """Bounds of every hidden figure; findings are those between 1 and 4, and those known exactly.

        In a row group that is withheld whole a figure may be zero, and 0 to 4 says nothing of a pupil.
        """
        found = [finding for component in self.components() for finding in component.bounded()]
        return sorted(found, key=lambda finding: finding.place)

    def bounded(self) -> list[Finding]:
        """The same of one part. Programs that push all figures at once clear most; only the rest is bounded alone."""
        names, matrix, right, limits = self._system()
        position = {name: number for number, name in enumerate(names)}
        capped = np.minimum(limits, LARGEST)

        best = Solver(matrix, right, right, capped[:, 1], capped[:, 0]).cheapest
        hidden = np.array([position[name] for name in sorted(self.hidden)], dtype=np.int64)
        low, high = np.full(len(names), np.inf), np.full(len(names), -np.inf)
        generator = np.random.default_rng(0)
        for _ in range(ROUNDS):
            is_clear = (high[hidden] >= SMALL) & (high[hidden] - low[hidden] > TOLERANCE)
            if is_clear.all():
                return []
            cost = np.zeros(len(names))
            push = np.where((high[hidden] < SMALL) | (generator.random(len(hidden)) < 0.5), -1.0, 1.0)
            cost[hidden] = np.where(is_clear, 0.0, generator.uniform(0.1, 1.0, len(hidden)) * push)
            found = best(cost)
            if found is None:
                return [Finding("all", "contradiction between figures of different dates", np.nan, np.nan)]
            low, high = np.minimum(low, found), np.maximum(high, found)
        findings = []
        for name, what in sorted(self.hidden.items()):
            number = position[name]
            if high[number] >= SMALL and high[number] - low[number] > TOLERANCE:
                continue
            for sign in (1.0, -1.0):
                cost = np.zeros(len(names))
                cost[number] = sign
                found = best(cost)
                if found is not None:
                    low[number], high[number] = min(low[number], found[number]), max(high[number], found[number])
            is_exact = high[number] - low[number] < TOLERANCE and high[number] > TOLERANCE and what != OF_A_TIME
            is_small = what != "openings" and low[number] > TOLERANCE and high[number] < SMALL - TOLERANCE
            if is_exact or is_small:
                findings.append(Finding(name, what, float(low[number]), float(high[number])))
        return findings


def rows_of(rows: MartRows, year: str) -> list[int]:
    """Positions of a year's rows."""
    return [int(i) for i in np.flatnonzero(rows.flags("academic_year", year))]


def put(
    program: Program, name: str, rows: MartRows, position: int, measure: str, floor: float, pupils: str = "pupils"
) -> None:
    """A figure of a row into the program: shown, hidden, or not available.

    ``floor`` is the least it can be, ``pupils`` what a hidden number of pupils is reported as.
    """
    value = rows.columns[measure][position]
    symbols = rows.columns.get("openings_symbol")
    if value is not None:
        program.known(name, float(value))
    elif symbols is not None and symbols[position] == NOT_AVAILABLE:
        program.unknown(name)
    else:
        program.unknown(name, floor, pupils if measure == "pupils" else "openings")
