"""Workbooks by ``gptables``, the accessible spreadsheets of the Government Analysis Function."""

from collections.abc import Sequence

from dashboards.page import Sheet


def workbook(metadata: Sequence[tuple[str, str]], sheets: Sequence[Sheet]) -> bytes:
    """A workbook with a cover, the notes and one worksheet for each table."""
    raise NotImplementedError
