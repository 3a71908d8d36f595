"""Linear programs of which only the cost changes, solved by HiGHS one after another from where the last one ended.

Most of what protection asks are many questions about one block: the same rows, another figure to push. Handing the
rows over anew each time, as ``scipy.optimize.linprog`` has to, takes longer than the answer.
"""

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from orchestration.release.limits import check, seconds_left

FloatArray = npt.NDArray[np.float64]
LONGEST = 60.0
"""Seconds for one program; one that takes longer has no answer, and its figures count as bounded."""
LARGE = 20_000
"""Entries of the rows from which on a program is solved anew: leaving out what is redundant wins more than it costs."""


class Program:
    """Columns and rows of them within bounds, and any number of costs."""

    def __init__(
        self,
        rows: csr_array,
        least: FloatArray,
        most: FloatArray,
        column_most: FloatArray,
        column_least: FloatArray | None = None,
    ) -> None:
        """``rows`` times the columns lie within ``least`` and ``most``, columns within their own bounds.

        Columns are not negative where ``column_least`` is None. Bounds may be infinite.
        """
        count, columns = rows.shape
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = count, columns
        program.col_cost_ = np.zeros(columns)
        program.col_lower_ = np.zeros(columns) if column_least is None else column_least
        program.col_upper_ = column_most
        program.row_lower_, program.row_upper_ = least, most
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = rows.indptr
        program.a_matrix_.index_ = rows.indices
        program.a_matrix_.value_ = rows.data
        self._is_large = rows.nnz > LARGE
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
