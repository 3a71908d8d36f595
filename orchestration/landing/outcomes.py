"""Outcomes of landing: what a caller gets back, and the two ways in which a delivery or a file is turned away."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from orchestration.errors import WarehouseError

Status = Literal["landed", "quarantined", "refused", "set_aside"]
Outcome = Literal["landed", "unchanged", "refused"]


class LandingError(WarehouseError):
    """Landing cannot go on for a reason that lies outside the delivery; nothing half loaded is left behind."""


class LandingFolderMissingError(LandingError):
    """There is no landing folder at all: nothing can be said of deliveries, so nothing is well."""


class DeliveryRefusedError(Exception):
    """The delivery is refused whole: a reason of the extract layouts, and a message for people."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class FileQuarantinedError(Exception):
    """The file is quarantined: a reason of the extract layouts, and a message for people.

    ``seen`` is the hash and the size of the file, as far as it could be read.
    """

    def __init__(self, reason: str, message: str, seen: tuple[str | None, int | None] = (None, None)) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.seen = seen


@dataclass(frozen=True)
class Found:
    """A folder in the landing folder. It is complete once its manifest is there.

    ``problem`` says why it is no delivery whatever its manifest says, such as that it is a link.
    """

    delivery_key: str
    path: Path
    complete: bool
    manifest_sha256: str | None = None
    problem: str | None = None


@dataclass(frozen=True)
class RejectCount:
    """How many rows of a file broke one rule, with one of them. ``column`` is empty for the whole row."""

    reason: str
    column: str
    row_count: int
    example_row: int


@dataclass(frozen=True)
class Warned:
    """One line per file, column and kind of oddity. ``detail`` never identifies a pupil."""

    kind: str
    column: str | None = None
    row_count: int = 0
    example_row: int | None = None
    detail: str | None = None


@dataclass(frozen=True)
class FileResult:
    """What became of one file. Counts are of records; 0 where the file was not read.

    ``rows_blank`` are records of empty fields alone: they are skipped and in none of the other counts.
    """

    feed: str
    file_name: str
    kind: str
    status: Status
    reason: str | None = None
    message: str | None = None
    file_id: int | None = None
    rows_manifest: int = 0
    rows_file: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    rows_duplicate: int = 0
    rows_blank: int = 0
    rejects: tuple[RejectCount, ...] = ()
    warnings: tuple[Warned, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class LandingResult:
    """What became of one delivery. ``message`` says it in words, file by file, with what to do next."""

    delivery_key: str
    outcome: Outcome
    reason: str | None = None
    message: str = ""
    files: tuple[FileResult, ...] = ()
    warnings: tuple[Warned, ...] = ()
    rows_retried: int = field(default=0)
    seconds: float = 0.0
