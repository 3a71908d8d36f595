"""Writes files of a delivery: CSV, gzip by several threads, hashes, and the manifest last.

The gzip stream is one member cut into blocks that are compressed apart, as pigz does it; every reader of
gzip reads it. Time stamps are left out, so that the same content gives the same bytes.
"""

import hashlib
import io
import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

_LEVEL = 1  # 3 is a quarter smaller and takes twice as long
_THREADS = 2
_BLOCK = 4 * 1024 * 1024
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"


@dataclass(frozen=True)
class WrittenFile:
    """One file of a delivery as its manifest describes it."""

    feed: str
    name: str
    kind: str
    sha256: str
    size: int
    rows: int
    extracted_at: str
    rows_by_establishment: dict[str, int] | None = None

    def entry(self) -> dict[str, Any]:
        """The file's entry in ``manifest.json``."""
        entry: dict[str, Any] = {
            "feed": self.feed,
            "name": self.name,
            "kind": self.kind,
            "sha256": self.sha256,
            "bytes": self.size,
            "rows": self.rows,
            "extracted_at": self.extracted_at,
        }
        if self.rows_by_establishment is not None:
            entry["rows_by_establishment"] = self.rows_by_establishment
        return entry


@dataclass
class DeliveryFolder:
    """A delivery being written: files first, ``manifest.json`` by :meth:`close`."""

    root: Path
    authority: str
    extract_date: str
    sequence: int = 1
    environment: str = "synthetic"
    supersedes: str | None = None
    files: list[WrittenFile] = field(default_factory=list)

    @property
    def key(self) -> str:
        """``S12000005/2025-09-01``, or with ``-2`` for the second of a day."""
        suffix = "" if self.sequence == 1 else f"-{self.sequence}"
        return f"{self.authority}/{self.extract_date}{suffix}"

    @property
    def path(self) -> Path:
        """Where the files go."""
        return self.root / self.key

    def write(
        self,
        feed: str,
        kind: str,
        chunks: Iterable[bytes],
        rows: int,
        extracted_at: str,
        by_establishment: Mapping[str, int] | None = None,
        packed: bool = True,
    ) -> WrittenFile:
        """Writes one feed's file and notes it for the manifest."""
        name = f"{feed}.csv.gz" if packed else f"{feed}.csv"
        self.path.mkdir(parents=True, exist_ok=True)
        sha256, size = write_chunks(self.path / name, gzip_stream(chunks) if packed else chunks)
        counts = dict(sorted(by_establishment.items())) if by_establishment is not None else None
        file = WrittenFile(feed, name, kind, sha256, size, rows, extracted_at, counts)
        self.files.append(file)
        return file

    def manifest(self) -> dict[str, Any]:
        """What ``manifest.json`` will say."""
        return {
            "manifest_version": 1,
            "local_authority_code": self.authority,
            "extract_date": self.extract_date,
            "sequence": self.sequence,
            "environment": self.environment,
            "supersedes": self.supersedes,
            "files": [file.entry() for file in self.files],
        }

    def close(self) -> str:
        """Writes the manifest, after which the delivery is complete; its key."""
        self.path.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.manifest(), indent=2) + "\n"
        (self.path / "manifest.json").write_text(text, encoding="utf-8")
        return self.key


def write_chunks(path: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Writes the chunks; SHA-256 and length of what was written."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return digest.hexdigest(), size


def gzip_stream(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks as one gzip member, compressed by several threads in bounded memory."""
    check, length = 0, 0
    yield _HEADER
    blocks = _blocks(chunks)
    with ThreadPoolExecutor(_THREADS) as pool:
        while batch := list(islice(blocks, 2 * _THREADS)):
            packed = pool.map(_deflate, batch)
            for block in batch:
                check = zlib.crc32(block, check)
                length += len(block)
            yield from packed
    yield b"\x03\x00" + struct.pack("<II", check, length & 0xFFFFFFFF)


def _deflate(block: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    return packer.compress(block) + packer.flush(zlib.Z_SYNC_FLUSH)


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= _BLOCK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def csv_bytes(table: pa.Table) -> bytes:
    """A table as CSV without a header; text is quoted, nulls are empty."""
    buffer = io.BytesIO()
    pa_csv.write_csv(table, buffer, pa_csv.WriteOptions(include_header=False))
    return buffer.getvalue()


def header_line(columns: Iterable[str]) -> bytes:
    """The header row of a file."""
    return (",".join(columns) + "\n").encode()
