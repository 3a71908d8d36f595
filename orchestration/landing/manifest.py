"""The manifest of a delivery: what it must say, and when a delivery is refused because of it."""

import hashlib
import json
import re
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

MANIFEST_NAME = "manifest.json"
MAX_MANIFEST_BYTES = 16 * 1024 * 1024
FOLDER = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})(?:-(?P<sequence>[1-9]\d{0,3}))?")
KEY = re.compile(r"(?P<authority>[^/]+)/" + FOLDER.pattern)

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
    local_authority_code: str
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
    path = folder / MANIFEST_NAME
    try:
        if path.is_symlink() or path.stat().st_size > MAX_MANIFEST_BYTES:
            raise _invalid(folder, "it is a link, or larger than any manifest")
        content = path.read_bytes()
    except OSError as error:
        raise _invalid(folder, f"it cannot be read ({error.strerror})") from error
    return content, hashlib.sha256(content).hexdigest()


def parse_manifest(content: bytes, folder: Path, key: str, contracts: dict[str, Contract]) -> Manifest:
    """Check a manifest against its folder's name and the contracts.

    Raises DeliveryRefusedError (``manifest_invalid``) naming the field and what was expected.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise _invalid(folder, f"it is not JSON in UTF-8{where}") from error
    try:
        manifest = Manifest.model_validate(document)
    except ValidationError as error:
        raise _invalid(folder, _in_words(error)) from None
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


def _check_files(manifest: Manifest, folder: Path, contracts: dict[str, Contract]) -> None:
    for what, values in (("feed", [f.feed for f in manifest.files]), ("name", [f.name for f in manifest.files])):
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise _invalid(folder, f"two files have the {what} {twice[0]}; send one file per feed")
    for file in manifest.files:
        if file.name in {".", "..", MANIFEST_NAME} or re.search(r"[/\\\x00-\x1f]", file.name):
            raise _invalid(folder, f"the name of the file of {file.feed} leaves the folder or is none")
        if len(file.name.encode()) > MAX_NAME_BYTES:
            raise _invalid(folder, f"the name of the file of {file.feed} is longer than any file's can be")
        if (folder / file.name).is_symlink():
            raise _invalid(folder, f"{file.name} is a link; put the file itself into the folder")
        contract = contracts.get(file.feed)
        if contract is not None and contract.is_collected and contract.kind != file.kind:
            raise _invalid(folder, f"{file.feed} is announced as {file.kind}, but it is a {contract.kind}")


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
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a field stands twice")
    return dict(pairs)


def _in_words(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the manifest"
    said = WORDS.get(first["type"]) or first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{where}: {said[:1].lower()}{said[1:]}"


def _invalid(folder: Path, why: str) -> DeliveryRefusedError:
    key = f"{folder.parent.name}/{folder.name}"
    return DeliveryRefusedError(
        "manifest_invalid",
        f"{key} is refused: its {MANIFEST_NAME} cannot be used: {why}. Correct it and write it again.",
    )
