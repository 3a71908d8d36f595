"""Which code a service was started with, so that it can be told whether what lies in the folders now is another."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

MADE_BY_RUNNING = {"__pycache__", "target", "logs", "node_modules"}
"""Folders that running the code writes."""


def code_state(roots: Iterable[Path]) -> str:
    """Hash of all files in folders, and of single files, by name and content; times count for nothing."""
    digest = hashlib.sha256()
    for root in roots:
        for path in _files(root):
            digest.update(f"{path.relative_to(root.parent)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for path in sorted(root.rglob("*")):
        if not MADE_BY_RUNNING & set(path.relative_to(root).parts) and path.is_file():
            yield path
