"""A file against what its manifest announces: size, hash, rows and times. Each check raises FileQuarantinedError."""

from datetime import UTC, date, datetime, timedelta

from orchestration.contracts import Ceiling
from orchestration.landing.findings import LOCAL_TIME
from orchestration.landing.manifest import ManifestFile
from orchestration.landing.outcomes import FileQuarantinedError
from orchestration.landing.structure import Bounds
from orchestration.landing.unpack import Delivered

AHEAD = timedelta(days=1)  # a clock that is a little wrong, and time zones
MARGIN_BYTES = 64 * 1024 * 1024  # of blank records, and columns that no contract knows
LARGEST_RECORD_BYTES = 4096  # on average; a record of every known feed is under 2 kB


def bounds(file: ManifestFile, ceiling: Ceiling) -> Bounds:
    """Reading stops at twice the announced rows, and at what so many rows can hold: rule "too_large"."""
    return Bounds(
        rows=min(2 * file.rows, ceiling.rows),
        bytes=min(MARGIN_BYTES + 2 * file.rows * LARGEST_RECORD_BYTES, ceiling.bytes),
    )


def check_size(delivered: Delivered, ceiling: Ceiling) -> None:
    """Refuse a file that is larger than any of its feed, before it is read (``too_large``)."""
    if delivered.size > ceiling.bytes:
        raise FileQuarantinedError(
            "too_large",
            f"it has {delivered.size:,} bytes, and the contract allows {ceiling.bytes:,}: it was not read. Look what "
            "the export wrote, and deliver it under a new sequence.",
        )


def check_times(file: ManifestFile, extract_date: date, now: datetime | None = None) -> None:
    """Refuse an extract of times to come, which would outrank all later ones (``future_extract``)."""
    latest = (now or datetime.now(UTC)) + AHEAD
    what = None
    if file.extracted_at > latest:
        what = f"extracted_at is {file.extracted_at.isoformat()}"
    elif extract_date > latest.astimezone(LOCAL_TIME).date():
        what = f"its extract date is {extract_date}"
    if what is not None:
        raise FileQuarantinedError(
            "future_extract",
            f"{what}, more than a day ahead of now. Set the clock of the machine that exports right and deliver it "
            "under a new sequence.",
        )


def check_hash(file: ManifestFile, sha256: str, size: int) -> None:
    """Refuse what is not the announced file; a wrong size beside the right hash is a mistake of the manifest alone."""
    if sha256 != file.sha256:
        sizes = f"{size} bytes instead of {file.bytes}" if size != file.bytes else "same size, other content"
        raise FileQuarantinedError(
            "hash_mismatch",
            f"it is not the file that the manifest announces ({sizes}). See that it was copied whole; if it was "
            "changed, deliver it under a new sequence.",
            (sha256, size),
        )
    if size != file.bytes:
        raise FileQuarantinedError(
            "count_mismatch",
            f"it has {size} bytes and the manifest announces {file.bytes}. Export file and manifest together, under a "
            "new sequence.",
            (sha256, size),
        )


def check_rows(file: ManifestFile, rows: int, blank: int) -> None:
    """Refuse another number of rows; blank records may be in the announced count or out (``count_mismatch``)."""
    if file.rows not in (rows, rows + blank):
        beside = f" and {blank} blank ones" if blank else ""
        raise FileQuarantinedError(
            "count_mismatch",
            f"it has {rows} rows{beside} and the manifest announces {file.rows}. Export file and manifest together, "
            "under a new sequence.",
        )
