"""The key of the pseudonyms: where it comes from, and the keys of the domains that are made from it.

It lives outside the database and never enters it: tokens are computed here and loaded. Whoever has the key can
find out whose token is whose, so no message, log or exception of this module holds it.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
import uuid
from pathlib import Path

from orchestration.errors import WarehouseError
from orchestration.settings import Settings

MINIMUM_LENGTH = 32


class KeyMissingError(WarehouseError):
    """There is no key, or none that may be used."""


class KeyMismatchError(WarehouseError):
    """The key is not the one that the tokens in the vault were made with."""


def key_file(settings: Settings) -> Path:
    """Where the embedded database's key lies if the environment brings none."""
    return settings.home / "pseudonym.key"


def load_key(settings: Settings, create: bool = True) -> bytes:
    """The master key: WAREHOUSE_PSEUDONYM_KEY, or the key file of the embedded database.

    The key file is made on first use, readable by its owner alone, if ``create`` is true. Raises
    KeyMissingError if there is no key, if it is shorter than 32 characters, or if others may read the file.
    """
    if settings.pseudonym_key is not None:
        return _long_enough(settings.pseudonym_key.get_secret_value(), "WAREHOUSE_PSEUDONYM_KEY")
    if settings.target != "embedded":
        raise KeyMissingError(
            f"WAREHOUSE_PSEUDONYM_KEY is not set. On the target {settings.target} the key comes from the "
            "environment: set it to at least 32 random characters, and keep a copy where the database's backup "
            "is not."
        )
    path = key_file(settings)
    if create:
        _create(path)
    try:
        with path.open() as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read()
    except FileNotFoundError:
        raise KeyMissingError(
            f"The key file {path} is gone, but tokens made with it are in the vault: put the file back from its "
            "copy, or set WAREHOUSE_PSEUDONYM_KEY to the same key."
        ) from None
    except OSError as error:
        raise KeyMissingError(f"The key file {path} cannot be read ({error.strerror}): check its owner.") from None
    except ValueError:
        text = "\0"
    if mode & 0o077:
        raise KeyMissingError(f"The key file {path} may be read by others: run `chmod 600 {path}`.")
    return _long_enough(text.strip(), f"The key in {path}")


def key_source(settings: Settings) -> str:
    """Where the key comes from, for messages: the name of the variable or of the file."""
    return "WAREHOUSE_PSEUDONYM_KEY" if settings.pseudonym_key is not None else str(key_file(settings))


def key_fingerprint(master: bytes) -> str:
    """Sixteen characters by which two copies of a key are known to be the same; they tell nothing else of it."""
    return hmac.new(master, b"fingerprint of the key", hashlib.sha256).hexdigest()[:16]


def domain_key(master: bytes, domain: str) -> bytes:
    """Key of one purpose, so that tokens of two purposes cannot be joined."""
    return hmac.new(master, domain.encode(), hashlib.sha256).digest()


def keyed_uuid(key: bytes, message: bytes) -> uuid.UUID:
    """A token: HMAC-SHA-256 of ``message`` under ``key``, cut to 128 bits."""
    return uuid.UUID(bytes=hmac.new(key, message, hashlib.sha256).digest()[:16])


def _long_enough(text: str, name: str) -> bytes:
    if not text.isprintable():
        raise KeyMissingError(f"{name} holds characters that no key has: it is damaged, put its copy in its place.")
    if len(text) < MINIMUM_LENGTH:
        raise KeyMissingError(f"{name} is shorter than {MINIMUM_LENGTH} characters: use a longer random one.")
    return text.encode()


def _create(path: Path) -> None:
    """Write a new key unless there is one; of two processes at once the first one's key stands."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # complete from its first moment
    finally:
        draft.unlink()
