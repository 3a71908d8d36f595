"""Words for what landing found. They name delivery, file, row and column, and never a value."""

from collections.abc import Iterable

from orchestration.landing.outcomes import FileResult, RejectCount


def about(delivery_key: str, file_name: str, text: str) -> str:
    """A message about one file of a delivery."""
    return f"{delivery_key}, {file_name}: {text}"


def in_words(rejects: Iterable[RejectCount]) -> str:
    """Rejected rows by reason: ``2 rows for wrong_type in attendance_date (first: row 17)``."""
    return "; ".join(
        f"{entry.row_count} {'row' if entry.row_count == 1 else 'rows'} for {entry.reason}"
        + (f" in {entry.column}" if entry.column else "")
        + f" ({'row' if entry.row_count == 1 else 'first: row'} {entry.example_row})"
        for entry in rejects
    )


def summary(delivery_key: str, files: Iterable[FileResult]) -> str:
    """What became of a delivery, in one line and then one for each file that a person should look at."""
    files = tuple(files)
    landed = [file for file in files if file.status == "landed"]
    rows = sum(file.rows_accepted for file in landed)
    head = f"{delivery_key}: {len(landed)} of {len(files)} files landed with {rows:,} rows."
    return "\n".join([head, *(file.message for file in files if file.message)])
