"""Opens what lies in a landing folder: plain files alone, without following links and without waiting.

A pipe would be waited for, a device never ends, a link leads anywhere: kind and size are looked at before reading.
"""

import os
import stat
import urllib.parse
from pathlib import Path
from typing import BinaryIO

KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
}


class NotPlainError(Exception):
    """What lies there is no plain file: ``kind`` says what it is, such as ``a pipe``."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def kind_of(path: Path) -> str | None:
    """What lies at ``path`` where it is no plain file, in words; None for a plain file. Raises OSError."""
    return _in_words(path.lstat().st_mode)


def open_plain(path: Path) -> tuple[BinaryIO, int]:
    """Open a plain file; returns it with its size in bytes.

    Raises NotPlainError for anything else, OSError when it is not there or may not be read.
    """
    kind = kind_of(path)
    if kind is not None:  # before opening: opening a device can do something
        raise NotPlainError(kind)
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    found = os.fstat(descriptor)
    kind = _in_words(found.st_mode)
    if kind is not None:
        os.close(descriptor)
        raise NotPlainError(kind)
    return os.fdopen(descriptor, "rb"), found.st_size


def shown_name(name: str) -> str:
    """The name of a folder as ledger, messages and Dagster can hold it: what cannot be printed stands as ``%FF``."""
    parts = [
        character
        if character.isprintable() and character != "%"
        else urllib.parse.quote(os.fsencode(character), safe="")
        for character in name
    ]
    return "".join(parts).replace("...", "..%2E")


def real_name(shown: str) -> str:
    """The name of a folder on disk, from what ``shown_name`` made of it."""
    return os.fsdecode(urllib.parse.unquote_to_bytes(shown))


def _in_words(mode: int) -> str | None:
    return None if stat.S_ISREG(mode) else KINDS.get(stat.S_IFMT(mode), "no plain file")
