"""The manifest of a delivery: what it must say, and when a delivery is refused because of it."""

import hashlib
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    ValidationError,
)

from orchestration.contracts import Contract
from orchestration.landing.outcomes import DeliveryRefusedError
from orchestration.landing.plain import NotPlainError, kind_of, open_plain, shown_name

MANIFEST_NAME = "manifest.json"
MAX_MANIFEST_BYTES = 16 * 1024 * 1024
MAX_FILES = 1000  # of one delivery: one per feed, and there are some twenty feeds
MAX_ESTABLISHMENTS = 10_000  # of one authority: the largest has some 400
MAX_TEXT = 1000  # characters of one field; a name of a file has 255 at most
FOLDER = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})(?:-(?P<sequence>[1-9]\d{0,3}))?", re.ASCII)
KEY = re.compile(r"(?P<authority>[^/]+)/" + FOLDER.pattern, re.ASCII)

FEED = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"  # also of feeds that have no contract yet
SAFE_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,62}")
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(r"(19|20)\d\d-\d\d-\d\d[Tt ]\d\d:.+", re.ASCII)
MAX_NAME_BYTES = 255
WORDS = {"tuple_type": "should be a list", "model_type": "should be an object", "dict_type": "should be an object"}


def _as_text(pattern: re.Pattern[str], form: str) -> BeforeValidator:
    """Take text of that form only: numbers would be taken for seconds since 1970."""

    def check(value: object) -> object:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(f"should be {form}")
        return value

    return BeforeValidator(check)


Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{64}$", to_lower=True)]
Count = Annotated[StrictInt, Field(ge=0, lt=2**53)]
Day = Annotated[date, _as_text(DAY, "a day such as 2025-09-01")]
Moment = Annotated[AwareDatetime, _as_text(MOMENT, "a time with offset such as 2025-09-01T18:00:00+01:00")]


class ManifestFile(BaseModel):
    """One file of a delivery, as the manifest announces it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    feed: Annotated[str, StringConstraints(pattern=FEED)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    kind: Literal["snapshot", "delta"]
    sha256: Sha256
    bytes: Count
    rows: Count
    extracted_at: Moment
    rows_by_establishment: dict[str, Count] | None = None


class Manifest(BaseModel):
    """The manifest of a delivery, version 1. Fields that it does not know are kept apart and warned about."""

    model_config = ConfigDict(extra="allow", frozen=True)

    manifest_version: Annotated[StrictInt, Field(ge=1, le=1)]
    local_authority_code: Annotated[str, StringConstraints(max_length=64)]
    extract_date: Day
    sequence: Annotated[StrictInt, Field(ge=1, le=9999)] = 1
    environment: Literal["synthetic", "test", "live"]
    supersedes: str | None = None
    files: tuple[ManifestFile, ...]

    @property
    def delivery_key(self) -> str:
        """The delivery's name, with its sequence unless that is 1."""
        return delivery_key(self.local_authority_code, self.extract_date, self.sequence)

    def unknown_fields(self) -> list[str]:
        """Names of fields that version 1 does not have; what looks like no name could be a value, and is not told."""
        names = {_shown(name) for name in self.model_extra or ()}
        for file in self.files:
            names |= {f"files.{_shown(name)}" for name in file.model_extra or ()}
        return sorted(names)


def delivery_key(local_authority_code: str, extract_date: date, sequence: int) -> str:
    """Name of a delivery as its folder is called: ``S12000005/2025-09-01``, ``S12000005/2025-09-01-2``."""
    return f"{local_authority_code}/{extract_date}" + (f"-{sequence}" if sequence > 1 else "")


def read_manifest(folder: Path) -> tuple[bytes, str]:
    """Bytes and SHA-256 of a folder's manifest. Raises DeliveryRefusedError if it cannot be read."""
    try:
        file, size = open_plain(folder / MANIFEST_NAME)
        with file:
            if size > MAX_MANIFEST_BYTES:
                raise _invalid(folder, f"it has {size:,} bytes, and a manifest has {MAX_MANIFEST_BYTES:,} at most")
            content = file.read(MAX_MANIFEST_BYTES + 1)
    except NotPlainError as error:
        raise _invalid(folder, f"it is {error.kind} and no plain file; put the file itself into the folder") from None
    except OSError as error:
        raise _invalid(folder, f"it cannot be read ({error.strerror})") from error
    return content, hashlib.sha256(content).hexdigest()


def parse_manifest(content: bytes, folder: Path, key: str, contracts: dict[str, Contract]) -> Manifest:
    """Check a manifest against its folder's name and the contracts.

    Raises DeliveryRefusedError (``manifest_invalid``) naming the field and what was expected.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_without_repeats)
    except RecursionError:
        raise _invalid(folder, "it is nested deeper than any manifest") from None
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise _invalid(folder, f"it is not JSON in UTF-8{where}") from None
    _check_bounds(document, folder)
    try:
        manifest = Manifest.model_validate(document)
    except ValidationError as error:
        raise _invalid(folder, _in_words(error)) from None
    except (ValueError, TypeError, OverflowError, RecursionError):  # a value that no rule foresees
        raise _invalid(folder, "a field holds what cannot be understood") from None
    found = KEY.fullmatch(key)
    named = (found["authority"], found["date"], int(found["sequence"] or 1)) if found else None
    said = (manifest.local_authority_code, manifest.extract_date.isoformat(), manifest.sequence)
    if named != said:
        raise _invalid(
            folder, f"it speaks of {manifest.delivery_key}, which is not the folder it lies in; rename one of the two"
        )
    _check_files(manifest, folder, contracts)
    _check_supersedes(manifest, folder)
    return manifest


def _check_bounds(document: object, folder: Path) -> None:
    """Refuse what is too much, or what no database can hold, before anything is made of it."""
    if isinstance(document, dict):
        files = document.get("files")
        if isinstance(files, list) and len(files) > MAX_FILES:
            raise _invalid(folder, f"files: {len(files):,} of them, and a delivery has {MAX_FILES:,} at most")
        for file in files if isinstance(files, list) else ():
            counts = file.get("rows_by_establishment") if isinstance(file, dict) else None
            if isinstance(counts, dict) and len(counts) > MAX_ESTABLISHMENTS:
                raise _invalid(
                    folder, f"rows_by_establishment: {len(counts):,} of them; no authority has {MAX_ESTABLISHMENTS:,}"
                )
    waiting: list[tuple[str, object]] = [("", document)]
    while waiting:
        where, value = waiting.pop()
        if isinstance(value, str):
            _check_text(value, where, folder)
        elif isinstance(value, list):
            waiting += [(where, entry) for entry in value]
        elif isinstance(value, dict):
            for name, entry in value.items():
                _check_text(name, where, folder)
                waiting.append((f"{where}.{_shown(name)}".strip(".")[:100], entry))


def _check_text(text: str, where: str, folder: Path) -> None:
    if text.isascii() and "\0" not in text and len(text) <= MAX_TEXT:
        return
    where = where or "a field"
    if "\0" in text:
        raise _invalid(folder, f"{where}: holds a NUL character")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise _invalid(folder, f"{where}: holds half a character (a lone surrogate)")
    if len(text) > MAX_TEXT:
        raise _invalid(folder, f"{where}: has {len(text):,} characters, more than any field")


def _check_files(manifest: Manifest, folder: Path, contracts: dict[str, Contract]) -> None:
    for what, values in (("feed", [f.feed for f in manifest.files]), ("name", [f.name for f in manifest.files])):
        twice = sorted(value for value, times in Counter(values).items() if times > 1)
        if twice:
            raise _invalid(folder, f"two files have the {what} {twice[0]}; send one file per feed")
    for file in manifest.files:
        if file.name in {".", "..", MANIFEST_NAME} or re.search(r"[/\\\x00-\x1f]", file.name):
            raise _invalid(folder, f"the name of the file of {file.feed} leaves the folder or is none")
        if len(file.name.encode()) > MAX_NAME_BYTES:
            raise _invalid(folder, f"the name of the file of {file.feed} is longer than any file's can be")
        kind = _kind(folder / file.name)
        if kind is not None and kind != "a folder":  # which is not_readable, as is a file that cannot be opened
            raise _invalid(folder, f"{file.name} is {kind}; put the file itself into the folder")
        contract = contracts.get(file.feed)
        if contract is not None and contract.is_collected and contract.kind != file.kind:
            raise _invalid(folder, f"{file.feed} is announced as {file.kind}, but it is a {contract.kind}")


def _kind(path: Path) -> str | None:
    try:
        return kind_of(path)
    except OSError:  # it is not there, or its name can be none: found out when it is opened
        return None


def _check_supersedes(manifest: Manifest, folder: Path) -> None:
    if manifest.supersedes is None:
        return
    found = KEY.fullmatch(manifest.supersedes)
    if found is None or found["authority"] != manifest.local_authority_code or not _is_day(found["date"]):
        raise _invalid(folder, "supersedes does not name a delivery of this authority, such as S12000005/2025-09-01")
    earlier = (found["date"], int(found["sequence"] or 1))
    if earlier >= (manifest.extract_date.isoformat(), manifest.sequence):
        raise _invalid(folder, "supersedes names no earlier delivery than this one")


def _shown(name: str) -> str:
    return name if SAFE_FIELD.fullmatch(name) else "(no name of a field)"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def superseded_key(manifest: Manifest) -> str | None:
    """The delivery that this one replaces, in the form of ``delivery_key``."""
    found = KEY.fullmatch(manifest.supersedes or "")
    if found is None:
        return None
    return delivery_key(found["authority"], date.fromisoformat(found["date"]), int(found["sequence"] or 1))


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


def _in_words(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(p) if isinstance(p, int) else _shown(p) for p in first["loc"]) or "the manifest"
    said = WORDS.get(first["type"]) or first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{where}: {said[:1].lower()}{said[1:]}"


def _invalid(folder: Path, why: str) -> DeliveryRefusedError:
    key = f"{shown_name(folder.parent.name)}/{shown_name(folder.name)}"
    return DeliveryRefusedError(
        "manifest_invalid",
        f"{key} is refused: its {MANIFEST_NAME} cannot be used: {why}. Correct it and write it again.",
    )
