"""Lands a delivery: judges its manifest, then each file in turn, and enters it on the ledger.

One process at a time (advisory lock ``landing``). A delivery is in force from its event ``landed``, which comes after
its last file, so one that was cut off half way is not: the next attempt carries on where it stopped.
"""

import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from psycopg import Connection

from orchestration.contracts import load_contracts
from orchestration.database import advisory_lock, connect
from orchestration.landing import ledger_entries, verdicts
from orchestration.landing.discovery import fingerprint, locate
from orchestration.landing.files import FileLanding
from orchestration.landing.ledger_entries import Delivery, Recorded
from orchestration.landing.manifest import MANIFEST_NAME, Manifest, ManifestFile, parse_manifest, read_manifest
from orchestration.landing.messages import summary
from orchestration.landing.outcomes import (
    DeliveryRefusedError,
    FileQuarantinedError,
    FileResult,
    Found,
    LandingError,
    LandingResult,
    Warned,
)
from orchestration.landing.reference import Reference
from orchestration.landing.retry import retry_rejects
from orchestration.landing.unpack import Delivered
from orchestration.landing.welcome import check_welcome
from orchestration.settings import Settings

Progress = Callable[[str], None]
ACTOR = "landing"
# Quarantined for what the folder looked like, not for what was delivered: tried again when the file is there.
LEFT_BEHIND = ("missing_file", "hash_mismatch")
LARGEST_FILE_BYTES = 16 * 1024**3  # larger than any contract allows: not read for its hash
TOO_LARGE = "larger than any file that was taken"


def land_delivery(settings: Settings, delivery_key: str, progress: Progress | None = None) -> LandingResult:
    """Land a delivery from its folder. The same again changes nothing.

    In: a key such as ``S12000005/2025-09-01``; ``progress`` gets a line per file. Out: what became of each file.
    Raises LandingError when there is no such delivery, or something besides it stops the landing; then each file has
    either landed whole or not at all, and the next attempt carries on.
    """
    return _land(settings, delivery_key, progress or _silent, again=False)


def replay(settings: Settings, delivery_key: str, progress: Progress | None = None) -> LandingResult:
    """Land a delivery's files that were set aside or quarantined once more; landed files are left alone.

    For use after a contract was added or a code list was corrected. Errors as for ``land_delivery``.
    """
    return _land(settings, delivery_key, progress or _silent, again=True)


def check_delivery(settings: Settings, folder: Path, progress: Progress | None = None) -> LandingResult:
    """Judge a delivery as landing would now, wherever its folder lies, and load nothing.

    In: the folder; its name and its parent's are those of a delivery (``S12000005/2025-09-01``). Out: what would
    become of each file. All that landing writes is written in a transaction that is taken back. Errors as for
    ``land_delivery``.
    """
    folder = folder.absolute()
    there = settings.model_copy(update={"landing": folder.parent.parent})
    key = f"{folder.parent.name}/{folder.name}"
    return _land(there, key, progress or _silent, again=False, is_kept=False)


def _land(
    settings: Settings, delivery_key: str, progress: Progress, *, again: bool, is_kept: bool = True
) -> LandingResult:
    with (
        connect(settings, "loader", autocommit=True) as connection,
        advisory_lock(connection, "landing"),
        nullcontext() if is_kept else connection.transaction(force_rollback=True),
    ):
        entry = locate(settings, delivery_key)
        scratch = _fresh_scratch(settings)
        try:
            return _Attempt(settings, connection, entry, scratch, progress, again).run()
        except OSError as error:
            raise LandingError(
                f"{delivery_key} could not be landed ({error.strerror or type(error).__name__}, {error.filename}): see "
                "that its folder is still there and can be read, and that the home has free space, then run again."
            ) from None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


@dataclass
class _Attempt:
    settings: Settings
    connection: Connection
    entry: Found
    scratch: Path
    progress: Progress
    again: bool

    def run(self) -> LandingResult:
        started = time.monotonic()
        key = self.entry.delivery_key
        # taken before the files are read: what changes while they are makes the delivery pending again
        mark = fingerprint(self.entry)
        attempt = ledger_entries.begin(self.connection, key, self.entry.manifest_sha256, self.settings.code_version)
        try:
            result = self._land()
        except DeliveryRefusedError as refusal:
            result = LandingResult(key, "refused", refusal.reason, refusal.message)
        result = replace(result, seconds=time.monotonic() - started)
        ledger_entries.finish(self.connection, attempt, result, mark)
        self.progress(result.message)
        return result

    def _land(self) -> LandingResult:
        if self.entry.problem is not None:
            raise DeliveryRefusedError(
                "manifest_invalid", f"{self.entry.delivery_key} is refused: {self.entry.problem}."
            )
        content, sha256 = read_manifest(self.entry.path)
        manifest = parse_manifest(content, self.entry.path, self.entry.delivery_key, dict(load_contracts()))
        reference = Reference.of(self.settings)
        check_welcome(self.settings, manifest, reference)
        known = ledger_entries.delivery(self.connection, manifest.delivery_key)
        recorded = ledger_entries.recorded_files(self.connection, known.delivery_id) if known else {}
        if known is not None:
            self._check_unchanged(manifest, known, recorded)
        waiting = [file for file in _in_order(manifest.files) if self._is_waiting(file, recorded.get(file.feed))]
        if known is not None and known.is_complete and not waiting:
            self._settle(known.local_authority_code)  # where an earlier attempt was cut off before it had
            return LandingResult(known.delivery_key, "unchanged", message=f"{known.delivery_key}: nothing new.")
        delivery = known or ledger_entries.new_delivery(self.connection, manifest, sha256)
        landing = FileLanding(
            self.settings, self.connection, delivery, self.entry.path, self.scratch, load_contracts(), reference
        )
        if delivery.is_complete:
            return self._land_late(landing, waiting)
        return self._land_first(landing, manifest, waiting)

    def _land_first(self, landing: FileLanding, manifest: Manifest, waiting: list[ManifestFile]) -> LandingResult:
        files = [self._land_file(landing, file) for file in waiting]
        warnings = self._folder_warnings(manifest)
        with self.connection.transaction():
            ledger_entries.record_warnings(self.connection, landing.delivery.delivery_id, None, warnings)
            ledger_entries.record_event(self.connection, landing.delivery.delivery_id, "landed", ACTOR)
            decided = verdicts.decide(self.settings, self.connection, landing.delivery.local_authority_code)
            changes = verdicts.apply(self.connection, decided, only=landing.delivery.delivery_id)
        for change in changes:
            self.progress(str(change.message))
        retried = self._retry(landing, files)
        others = self._settle(landing.delivery.local_authority_code)
        return self._result(landing, verdicts.as_decided(files, [*changes, *others]), warnings, retried, others)

    def _land_late(self, landing: FileLanding, waiting: list[ManifestFile]) -> LandingResult:
        """Files of a delivery that is in force already: not while a build looks at it."""
        files = []
        with advisory_lock(self.connection, "build"):
            for file in waiting:
                with self.connection.transaction():
                    result = self._land_file(landing, file)
                    if result.status == "landed":
                        ledger_entries.record_event(
                            self.connection, landing.delivery.delivery_id, "replayed", ACTOR, file_id=result.file_id
                        )
                files.append(result)
        retried = self._retry(landing, files)
        changes = self._settle(landing.delivery.local_authority_code)
        return self._result(landing, verdicts.as_decided(files, changes), (), retried, changes)

    def _settle(self, local_authority_code: str) -> list[verdicts.Change]:
        """Decide again on every snapshot of the authority: what has landed may change what others are compared with."""
        return verdicts.settle(self.settings, self.connection, local_authority_code)

    def _land_file(self, landing: FileLanding, file: ManifestFile) -> FileResult:
        result = landing.land(file)
        said = result.reason or f"{result.rows_accepted:,} rows in {result.seconds:.1f} s"
        self.progress(f"{landing.delivery.delivery_key}, {file.name}: {result.status} ({said})")
        contract = landing.contracts.get(file.feed)
        if result.rows_accepted and contract is not None:
            # without statistics the first query on a new file id has taken minutes instead of tenths of a second,
            # and what the index has not summed up is read by every query
            self.connection.execute(f"analyze raw.{contract.feed}")
            self.connection.execute("select brin_summarize_new_values(%s)", (f"raw.{contract.feed}_by_file",))
        return result

    def _retry(self, landing: FileLanding, files: Iterable[FileResult]) -> int:
        if not any(file.feed == "establishments" and file.status == "landed" for file in files):
            return 0
        outcome = retry_rejects(landing)
        for delivery_key in outcome.quarantined:
            try:
                entry = locate(self.settings, delivery_key)
            except LandingError as gone:
                self.progress(f"{delivery_key} has rows of schools known by now and cannot be tried again: {gone}")
                continue
            _Attempt(self.settings, self.connection, entry, self.scratch, self.progress, again=True).run()
        return outcome.rows

    def _result(
        self,
        landing: FileLanding,
        files: list[FileResult],
        warnings: tuple[Warned, ...],
        retried: int,
        changes: list[verdicts.Change],
    ) -> LandingResult:
        key = landing.delivery.delivery_key
        message = summary(key, files)
        if retried:
            message += f"\n{retried} rows of earlier files were taken, now that their establishment is known."
        for change in changes:
            if change.snapshot.delivery_id != landing.delivery.delivery_id:
                said = change.message or f"{change.delivery_key}, {change.snapshot.file_name}: counts now."
                message += f"\n{said}"
        return LandingResult(
            key, "landed", message=message, files=tuple(files), warnings=warnings, rows_retried=retried
        )

    def _check_unchanged(self, manifest: Manifest, known: Delivery, recorded: dict[str, Recorded]) -> None:
        """A delivery is known by its folder and its files' hashes, as announced and, of landed files, as they lie."""
        announced = {file.feed: (file.name, file.sha256) for file in manifest.files}
        before = {feed: (file.file_name, file.sha256_manifest) for feed, file in recorded.items()}
        changed = sorted(feed for feed, file in before.items() if announced.get(feed) != file)
        if known.is_complete:
            changed += sorted(announced.keys() - before.keys())
        for feed, file in recorded.items():
            if feed not in changed and file.status != "quarantined" and file.sha256 is not None:
                seen = self._hash(file.file_name)
                if seen is not None and seen != file.sha256:
                    changed.append(feed)
        if changed:
            raise DeliveryRefusedError(
                "changed_delivery",
                f"{known.delivery_key} is refused: it is loaded already, and {', '.join(changed)} differ from what was "
                "loaded. Deliver it under a new sequence.",
            )

    def _is_waiting(self, file: ManifestFile, recorded: Recorded | None) -> bool:
        if recorded is None:
            return True
        if recorded.status == "set_aside":
            return self.again and file.feed in load_contracts()
        if recorded.status != "quarantined":
            return False
        if recorded.reason == verdicts.REASON:  # decided by what the ledger holds, not by reading it again
            return False
        if self.again:
            return True
        return recorded.reason in LEFT_BEHIND and self._hash(file.name) == file.sha256

    def _hash(self, name: str) -> str | None:
        """SHA-256 of a file as it lies in the folder; None when it does not, which is no change: it has been read."""
        try:
            delivered = Delivered.open(self.entry.path, name)
        except FileQuarantinedError:
            return None
        with delivered.file:
            return delivered.drain() if delivered.size <= LARGEST_FILE_BYTES else TOO_LARGE

    def _folder_warnings(self, manifest: Manifest) -> tuple[Warned, ...]:
        listed = {MANIFEST_NAME, *(file.name for file in manifest.files)}
        others = [path for path in self.entry.path.iterdir() if path.name not in listed and path.name[0] != "."]
        warned = [Warned("unknown_manifest_field", detail=name[:100]) for name in manifest.unknown_fields()]
        if others:
            warned.append(Warned("unlisted_file", row_count=len(others)))
        return tuple(warned)


def _in_order(files: Iterable[ManifestFile]) -> list[ManifestFile]:
    """Files in the order in which they land: as their contracts say, and those of unknown feeds last."""
    contracts = load_contracts()

    def place(file: ManifestFile) -> tuple[bool, bool, bool, bool, str]:
        contract = contracts.get(file.feed)
        return contract.order_of_landing if contract else (True, True, True, True, file.feed)

    return sorted(files, key=place)


def _fresh_scratch(settings: Settings) -> Path:
    """An empty folder for staging that only this user reads; what a process that was killed left there goes."""
    scratch = settings.home / "scratch" / "landing"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True, mode=0o700)
    scratch.chmod(0o700)
    return scratch


def _silent(_: str) -> None:
    """Take a line of progress and do nothing with it."""
