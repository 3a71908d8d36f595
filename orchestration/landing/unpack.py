"""Reads a delivered file once: hash, decompression, encoding, structure. Writes clean records for the validator.

Works on blocks of bytes with numpy, so a record costs nothing of its own. Rules: extract layouts, "Files".
"""

import hashlib
import zlib
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from orchestration.landing.outcomes import FileQuarantinedError
from orchestration.landing.plain import NotPlainError, open_plain

BLOCK_BYTES = 4 * 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"


@dataclass
class Delivered:
    """A delivered file, open for one reading from start to end; ``bytes`` and hash are complete after that.

    ``size`` is what the file system says that it has, before anything is read.
    """

    file: BinaryIO
    name: str
    size: int = 0

    def __post_init__(self) -> None:
        self._digest = hashlib.sha256()
        self.bytes = 0

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Open a file of a delivery. Raises FileQuarantinedError when it is missing or no plain file."""
        try:
            file, size = open_plain(folder / name)
        except NotPlainError as error:
            raise FileQuarantinedError(
                "not_readable", f"it is {error.kind} and no plain file. Put the file itself into the folder."
            ) from None
        except FileNotFoundError:
            raise FileQuarantinedError(
                "missing_file", "the manifest names it, but it is not in the folder. Put it there and land again."
            ) from None
        except OSError as error:
            raise FileQuarantinedError(
                "not_readable", f"it cannot be opened ({error.strerror}). Check its permissions and land again."
            ) from None
        return cls(file, name, size)

    def read(self) -> bytes:
        """Read the next block and count it in; empty at the end."""
        try:
            block = self.file.read(BLOCK_BYTES)
        except OSError as error:
            raise FileQuarantinedError(
                "not_readable", f"reading it failed ({error.strerror}). Check the folder and land again."
            ) from None
        self._digest.update(block)
        self.bytes += len(block)
        return block

    def drain(self) -> str:
        """Read what is left, for the hash alone. Returns the SHA-256."""
        while self.read():
            pass
        return self._digest.hexdigest()

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def text_blocks(delivered: Delivered) -> Generator[bytes, None, None]:
    """The file's content, decompressed where it is gzip; the next block is read while one is looked at.

    Raises FileQuarantinedError (``not_readable``) when the compression is broken or cut off.
    """
    source = _inflated(delivered)
    with ThreadPoolExecutor(max_workers=1) as reader:
        following = reader.submit(next, source, b"")
        while block := following.result():
            following = reader.submit(next, source, b"")
            yield block


def _inflated(delivered: Delivered) -> Iterator[bytes]:
    first = delivered.read()
    if not first.startswith(GZIP_MAGIC):
        if delivered.name.endswith(".gz") and first:
            raise FileQuarantinedError("not_readable", "its name says gzip and its content is not. Compress it again.")
        yield from _rest(delivered, first)
        return
    inflater = zlib.decompressobj(wbits=31)
    pending = first
    while pending:
        try:
            block = inflater.decompress(pending, BLOCK_BYTES)
        except zlib.error:
            raise FileQuarantinedError(
                "not_readable", "its gzip compression is broken. Compress and deliver it under a new sequence."
            ) from None
        if block:
            yield block
        if inflater.eof:
            pending = inflater.unused_data or delivered.read()
            if pending.strip(b"\0") == b"":  # padding after the last member
                pending = delivered.read()
            if pending:
                inflater = zlib.decompressobj(wbits=31)
        else:
            pending = inflater.unconsumed_tail or delivered.read()
    if not inflater.eof:
        raise FileQuarantinedError(
            "not_readable", "its gzip compression is cut off in the middle. Deliver it whole under a new sequence."
        )


def _rest(delivered: Delivered, first: bytes) -> Iterator[bytes]:
    block = first
    while block:
        yield block
        block = delivered.read()
