"""Linear programs of which only the cost changes, solved by HiGHS one after another from where the last one ended.

Most of what protection asks are many questions about one block: the same rows, another figure to push. Handing the
rows over anew each time, as ``scipy.optimize.linprog`` has to, takes longer than the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from orchestration.release.limits import check, seconds_left

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
LONGEST = 60.0
"""Seconds for one program; one that takes longer has no answer, and its figures count as bounded."""
LARGE = 20_000
"""Entries of the rows from which on a program is solved anew: leaving out what is redundant wins more than it costs."""


@dataclass(frozen=True)
class Table:
    """Rows of a program: for each row its columns and numbers, one row after another."""

    rows: int
    columns: int
    starts: IntArray
    indices: IntArray
    values: FloatArray

    @classmethod
    def of(cls, rows: int, columns: int, blocks: Sequence[tuple[int, int, float, csr_array | None]]) -> "Table":
        """Put blocks together: the first row and column of each, a factor, and its numbers.

        A block of None is a diagonal from there on, to the last column. Many programs are small, and putting matrices
        together with ``scipy.sparse`` takes longer than solving them.
        """
        at, where, values = [], [], []
        for row, column, factor, matrix in blocks:
            if matrix is None:
                inside = np.arange(columns - column)
                starts, numbers = inside, np.ones(columns - column)
            else:
                starts, inside = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), matrix.indices
                numbers = matrix.data
            at.append(row + starts)
            where.append(column + inside)
            values.append(factor * numbers)
        of_row = np.concatenate(at)
        order = np.argsort(of_row, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(of_row, minlength=rows))])
        return cls(rows, columns, starts, np.concatenate(where)[order], np.concatenate(values)[order])


class Program:
    """Columns and rows of them within bounds, and any number of costs."""

    def __init__(
        self,
        rows: Table | csr_array,
        least: FloatArray,
        most: FloatArray,
        column_most: FloatArray,
        column_least: FloatArray | None = None,
    ) -> None:
        """``rows`` times the columns lie within ``least`` and ``most``, columns within their own bounds.

        Columns are not negative where ``column_least`` is None. Bounds may be infinite.
        """
        table = rows if isinstance(rows, Table) else Table.of(rows.shape[0], rows.shape[1], [(0, 0, 1.0, rows)])
        count, columns = table.rows, table.columns
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = count, columns
        program.col_cost_ = np.zeros(columns)
        program.col_lower_ = np.zeros(columns) if column_least is None else column_least
        program.col_upper_ = column_most
        program.row_lower_, program.row_upper_ = least, most
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = table.starts
        program.a_matrix_.index_ = table.indices
        program.a_matrix_.value_ = table.values
        self._is_large = len(table.values) > LARGE
        self._columns = np.arange(columns, dtype=np.int32)
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("parallel", "off")
        self._solver.passModel(program)

    def cheapest(self, cost: FloatArray) -> FloatArray | None:
        """The columns of least cost; None where there is no answer, or none in time. Raises ``TooLongError``."""
        check()
        solver = self._solver
        if self._is_large:
            solver.clearSolver()
        solver.changeColsCost(len(self._columns), self._columns, cost)
        solver.setOptionValue("time_limit", solver.getRunTime() + seconds_left(LONGEST))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(solver.getSolution().col_value, dtype=np.float64)
