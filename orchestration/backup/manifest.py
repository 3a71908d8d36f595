"""What lies in a backup's folder: PostgreSQL's archive, and a manifest that says what it is and what it needs.

The layers that dbt makes are left out: the next run after a restore builds them from raw, as it does after a changed
rule. The key of the pseudonyms is left out as well; the manifest has a fingerprint of it that tells nothing else.
"""

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration.errors import WarehouseError

FORMAT = 1
MANIFEST, ARCHIVE = "backup.json", "database.dump"
BLOCK = 1 << 20


class BackupError(WarehouseError):
    """A backup cannot be taken, read or restored; nothing has been changed."""


class BackupManifest(BaseModel):
    """Manifest of a backup: times in UTC, sizes in bytes, hashes SHA-256 in hexadecimal."""

    model_config = ConfigDict(extra="ignore", strict=True)

    format: int
    taken_at: str
    code_version: str
    postgres_major: int
    database: str
    environment: str
    key_fingerprint: str | None
    key_source: str
    latest_event: int
    deliveries: int
    releases: int
    hidden_cells: int
    other_roles: dict[str, list[str]]
    archive_bytes: int
    archive_sha256: str


def is_backup(folder: Path) -> bool:
    """Whether a folder looks like a backup."""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path) -> BackupManifest:
    """Manifest of a backup whose archive is what was written. Raises BackupError if it is not, or not understood."""
    try:
        document = json.loads((folder / MANIFEST).read_text())
        if isinstance(document, dict) and document.get("format") != FORMAT:
            raise BackupError(
                f"{folder} is a backup of format {document.get('format')}, and this version reads {FORMAT}: "
                "restore it with the version that it names."
            )
        found = BackupManifest.model_validate(document)
    except (OSError, ValueError, ValidationError):
        raise BackupError(f"{folder} is no whole backup: {MANIFEST} is missing or not what was written.") from None
    archive = folder / ARCHIVE
    if not archive.is_file() or archive.stat().st_size != found.archive_bytes:
        raise BackupError(f"{archive} is missing or cut off: take the backup from another copy.")
    if sha256_of(archive) != found.archive_sha256:
        raise BackupError(
            f"{archive} is not what was written (its SHA-256 differs): take the backup from another copy."
        )
    return found


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in bounded memory."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
