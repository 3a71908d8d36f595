"""What a contract says, as frozen dataclasses: one ``Contract`` per feed, one ``Column`` per column."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Literal

Kind = Literal["snapshot", "delta"]
ColumnType = Literal["text", "code", "integer", "decimal", "boolean", "date", "time"]
Privacy = Literal["direct_identifier", "quasi_identifier", "special_category", "operational", "public"]
RuleName = Literal[
    "not_before", "not_after", "within", "age_at_extract", "known", "required_when", "required_without", "only_with",
    "in_year_of", "in_leaver_year_of",
]  # fmt: skip
CheckName = Literal["check_digit", "issued_in_school_age", "not_before", "not_after"]
DATES_OF_EXTRACT = ("extract_date", "extract_date_plus_one_year", "extracted_at")
"""What a day or time of a row may be compared with, beside other columns."""
CHECKED_NUMBERS = ("scn", "seed")
"""Numbers whose last digit checks the others."""
ESTABLISHMENTS = "establishments"
"""The feed that makes establishments known."""
HOPS = ("manifest to file", "file to raw", "raw to canonical")


@dataclass(frozen=True)
class CodeList:
    """Codes that a column may hold: listed here, or a column of a seed.

    ``excluded`` codes stand in the seed and are never delivered. With ``local_seed`` the authority's own codes
    count too, and a well-formed code that is neither is kept and reported. ``joined_by`` allows several codes in
    one value, each once, in any order.
    """

    values: tuple[str, ...] = ()
    seed: str | None = None
    seed_column: str | None = None
    excluded: tuple[str, ...] = ()
    local_seed: str | None = None
    joined_by: str | None = None


@dataclass(frozen=True)
class Condition:
    """That another ``column`` holds ``value``; of ``only_with`` also the ``code`` that stands beside nothing else."""

    column: str
    value: str
    code: str | None = None


@dataclass(frozen=True)
class ReadAs:
    """A ``code`` that is read as another one, ``instead``, where ``column`` holds ``value``; it is warned about."""

    column: str
    value: str
    code: str
    instead: str


@dataclass(frozen=True)
class Rule:
    """A rule that rejects the row: its name, and what it compares with (other columns, a date of the extract)."""

    name: RuleName
    argument: str | tuple[int, int] | Condition


@dataclass(frozen=True)
class Check:
    """A check that warns and lets the row pass."""

    name: CheckName
    argument: str


@dataclass(frozen=True)
class Column:
    """One column of a feed: what a delivered value may be, and what becomes of it.

    ``postgres_type`` is the type in ``raw``; ``None`` for a column that is not collected. ``decoded_by`` names a seed
    that turns ScotXed numbers into the codes; ``default`` stands for an empty field; ``read_as`` says where one code
    is read as another. A date that is ``written_as`` an academic year is the first day of it. ``placeholders`` names
    a seed of values that are nobody's: rows under one are never duplicates of each other (rule 2). ``formerly`` is
    the name that the column has in older files.
    """

    name: str
    description: str
    type: ColumnType
    postgres_type: str | None
    privacy: Privacy
    is_required: bool = False
    is_collected: bool = True
    pattern: str | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    codes: CodeList | None = None
    decoded_by: str | None = None
    default: str | None = None
    placeholders: str | None = None
    formerly: str | None = None
    written_as: str | None = None
    read_as: ReadAs | None = None
    rules: tuple[Rule, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def digits(self) -> int | None:
        """How many digits a number has that is delivered as text of digits; leading zeros count."""
        found = re.fullmatch(r"\[0-9\]\{(\d+)\}", self.pattern or "")
        return int(found[1]) if found and self.postgres_type == "integer" else None


@dataclass(frozen=True)
class Owner:
    """Who answers for a feed."""

    username: str
    name: str
    role: str


@dataclass(frozen=True)
class ServiceLevel:
    """When a delivery is expected: every ``frequency_days``, ``latency_days`` after the data's day, by ``deadline``.

    The deadline is local time (Europe/London). With ``is_required`` every school has to send it; only such feeds move
    the day on which a made-up warehouse is judged.
    """

    frequency_days: int
    latency_days: int
    deadline: time
    is_required: bool = False


@dataclass(frozen=True)
class RejectLimit:
    """A file is quarantined when it has more rejected rows than both limits: a number, and a share of its rows."""

    rows: int = 10
    share: float = 0.01


@dataclass(frozen=True)
class Ceiling:
    """More than any authority's file of a feed holds: rows, and bytes before and after decompression."""

    rows: int = 2_000_000
    bytes: int = 2 * 1024**3


@dataclass(frozen=True)
class Outranks:
    """Rows of a delta that beat others of their key before the order of arrival is looked at: a column's value."""

    column: str
    value: str


@dataclass(frozen=True)
class Contract:
    """The contract of one feed. ``is_collected`` is false for a feed that is refused.

    Snapshots of a feed that ``is_judged`` are compared with the one before: a sudden change holds them back (rule 2).
    A feed ``has_own_models`` where staged and canonical models and lines of the balance sheet are written for it; else
    the staged model and the lines follow from the contract, and ``canonical_<feed>`` holds its rows one by one.
    """

    feed: str
    version: str
    kind: Kind
    is_collected: bool
    purpose: str
    usage: str
    limitations: str | None
    grain: str
    authoritative_source: str
    update_rule: str
    owners: tuple[Owner, ...]
    service_level: ServiceLevel | None
    reject_limit: RejectLimit
    ceiling: Ceiling
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    year_column: str | None = None
    order_column: str | None = None
    is_judged: bool = False
    further_hops: tuple[str, ...] = ()
    has_own_models: bool = False
    outranks: Outranks | None = None

    @property
    def hops(self) -> tuple[str, ...]:
        """Steps of the balance sheet that the feed has to have: those of every feed, and those of its contract."""
        return (*HOPS, *self.further_hops)

    @property
    def collected(self) -> tuple[Column, ...]:
        """The columns that are written to ``raw``, in the contract's order."""
        return tuple(column for column in self.columns if column.is_collected)

    @property
    def has_establishment(self) -> bool:
        """Whether rows belong to an establishment."""
        return any(column.name == "seed_code" for column in self.columns)

    @property
    def has_pupil(self) -> bool:
        """Whether rows are of a pupil, named by a candidate number."""
        return any(column.name == "scn" for column in self.columns)

    @property
    def order_of_landing(self) -> tuple[bool, bool, bool, bool, str]:
        """Sorts files of one delivery: establishments first, since rows may name those; then places, then people.

        Deltas follow the snapshots, and what is not collected comes last with them.
        """
        is_late = self.kind == "delta" or not self.is_collected
        has_pupil, has_place = is_late or self.has_pupil, is_late or self.has_establishment
        return (self.feed != ESTABLISHMENTS, is_late, has_pupil, has_place, self.feed)

    def column(self, name: str) -> Column:
        """Find a column by its name; ``KeyError`` when the contract has none of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"the contract of {self.feed} has no column {name}")
