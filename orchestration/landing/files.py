"""Lands one file of a delivery: reads, validates and loads it, and says what became of it. One transaction."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg import Connection

from orchestration.contracts import Ceiling, Contract
from orchestration.landing import announced, findings, ledger_entries, load
from orchestration.landing.calendar_warnings import calendar_warnings
from orchestration.landing.header import Header, judge_header
from orchestration.landing.ledger_entries import Delivery, Details
from orchestration.landing.manifest import ManifestFile
from orchestration.landing.messages import about, in_words
from orchestration.landing.outcomes import FileQuarantinedError, FileResult, LandingError, Warned
from orchestration.landing.records import split_records
from orchestration.landing.reference import Reference
from orchestration.landing.rules import Extract
from orchestration.landing.structure import Structure
from orchestration.landing.unpack import Delivered
from orchestration.landing.validate import Staging, Validated, validate
from orchestration.settings import Settings


@dataclass(frozen=True)
class FileLanding:
    """What landing a file needs: connection of the loader, delivery, where the files and the scratch folder are."""

    settings: Settings
    connection: Connection
    delivery: Delivery
    folder: Path
    scratch: Path
    contracts: Mapping[str, Contract]
    reference: Reference

    def land(self, file: ManifestFile) -> FileResult:
        """Land one file and record it. Whatever is wrong with the file is in the result, not raised.

        Raises LandingError when something else stops it; then nothing of the file is kept.
        """
        started = time.monotonic()
        contract = self.contracts.get(file.feed)
        result = FileResult(file.feed, file.name, file.kind, "landed", rows_manifest=file.rows)
        try:
            if contract is None:
                found, details = self._set_aside(file, result)
            elif not contract.is_collected:
                found, details = self._refuse(file, result)
            else:
                return replace(self._collect(file, contract, result), seconds=time.monotonic() - started)
        except FileQuarantinedError as problem:
            found, details = self._quarantined(file, result, problem), Details(*problem.seen)
        recorded = self._record(file, found, details)
        return replace(recorded, seconds=time.monotonic() - started)

    def _refuse(self, file: ManifestFile, result: FileResult) -> tuple[FileResult, Details]:
        """A feed that is never taken: the file is read for its hash and for nothing else."""
        sha256 = size = None
        try:
            delivered = Delivered.open(self.folder, file.name)
            size = delivered.size
            with delivered.file:
                sha256 = delivered.drain() if size <= Ceiling().bytes else None
        except FileQuarantinedError:
            pass  # it would be refused if it were there
        text = f"{file.feed} has no purpose in analytics and is never taken. Take it out of the export."
        message = about(self.delivery.delivery_key, file.name, text)
        return replace(result, status="refused", reason="refused_feed", message=message), Details(sha256, size)

    def _set_aside(self, file: ManifestFile, result: FileResult) -> tuple[FileResult, Details]:
        """A feed without a contract: hash and count."""
        delivered = Delivered.open(self.folder, file.name)
        ceiling = Ceiling()
        with delivered.file:
            announced.check_size(delivered, ceiling)
            try:
                rows = split_records(
                    delivered, lambda line: line.count(b",") + 1, None, announced.bounds(file, ceiling)
                ).records
            except FileQuarantinedError:
                rows = -1
            sha256 = delivered.drain()
        announced.check_hash(file, sha256, delivered.bytes)
        text = f"there is no contract for the feed {file.feed} yet. Add one, then `warehouse replay` the delivery."
        warnings = () if rows == file.rows else (Warned("unknown_feed_rows", row_count=max(rows, 0)),)
        found = replace(
            result,
            status="set_aside",
            reason="unknown_feed",
            message=about(self.delivery.delivery_key, file.name, text),
            rows_file=max(rows, 0),
            warnings=warnings,
        )
        return found, Details(sha256, delivered.bytes)

    def _collect(self, file: ManifestFile, contract: Contract, result: FileResult) -> FileResult:
        extract = Extract(self.delivery.local_authority_code, self.delivery.extract_date, file.extracted_at)
        details = Details(contract_version=contract.version)
        with tempfile.TemporaryDirectory(dir=self.scratch) as name:
            scratch = Path(name)
            try:
                delivered = Delivered.open(self.folder, file.name)
                structure, header = _read(delivered, file, contract, scratch / "records.csv")
                details = replace(details, sha256=file.sha256, bytes=delivered.bytes)
                result = replace(result, rows_file=structure.records)
                announced.check_times(file, self.delivery.extract_date)
            except FileQuarantinedError as problem:
                sha256, size = problem.seen
                details = replace(details, sha256=details.sha256 or sha256, bytes=details.bytes or size)
                return self._record(file, self._quarantined(file, result, problem), details)
            with Staging(self.settings, scratch) as staging:
                known = self._establishments()
                try:
                    validated = validate(
                        staging, scratch / "records.csv", header.positions, structure, contract, extract,
                        self.reference, known,
                    )  # fmt: skip
                    (scratch / "records.csv").unlink()
                    return self._load(file, validated, structure, header, extract, result, details, known)
                except FileQuarantinedError as problem:
                    return self._record(file, self._quarantined(file, result, problem), details)

    def _load(
        self,
        file: ManifestFile,
        validated: Validated,
        structure: Structure,
        header: Header,
        extract: Extract,
        result: FileResult,
        details: Details,
        known: frozenset[int],
    ) -> FileResult:
        contract, counts = validated.contract, validated.counts
        result = replace(result, rows_file=counts.rows, rows_blank=counts.blank)
        announced.check_rows(file, counts.rows, counts.blank)
        by_establishment = findings.rows_by_establishment(validated)
        findings.check_announced(validated, by_establishment, file.rows_by_establishment, known)
        result = replace(
            result, rows_rejected=counts.rejected, rows_duplicate=counts.duplicate, rejects=validated.reject_counts()
        )
        bad = counts.rejected + (counts.duplicate if contract.kind == "snapshot" else 0)
        limit = contract.reject_limit
        if bad > limit.rows and bad > limit.share * counts.rows:
            text = (
                f"{bad} of {counts.rows} rows break the contract, more than {limit.rows} and {limit.share:.0%}: "
                f"{in_words(result.rejects)}. Correct the export and deliver it under a new sequence."
            )
            found = self._quarantined(file, result, FileQuarantinedError("too_many_rejects", text))
            with self._transaction(file):
                recorded = self._record(file, found, details)
                load.load_rejects(self.connection, validated, _number(recorded), is_loaded=False)
            return recorded
        warnings = (
            *header.warnings,
            *findings.file_warnings(validated, structure, extract, self.reference),
            *calendar_warnings(validated, extract),
            *_unannounced(file, contract),
        )
        message = None
        if result.rejects:
            message = about(
                self.delivery.delivery_key,
                file.name,
                f"{in_words(result.rejects)} were not taken, the other {counts.accepted} rows were. See "
                "`warehouse rejects`; corrected rows can come with any later delivery.",
            )
        result = replace(result, rows_accepted=counts.accepted, warnings=warnings, message=message)
        details = replace(details, years=findings.years(validated, extract))
        by_manifest = file.rows_by_establishment if contract.has_establishment else None
        readable = {int(c): n for c, n in (by_manifest or {}).items() if c.isascii() and c.isdigit() and len(c) == 7}
        with self._transaction(file):
            recorded = self._record(file, result, details)
            file_id = _number(recorded)
            loaded = load.load_rows(self.connection, validated, file_id)
            load.load_rejects(self.connection, validated, file_id, is_loaded=True)
            ledger_entries.record_establishments(
                self.connection,
                file_id,
                by_establishment,
                readable if by_manifest is not None else None,
                loaded.checksums,
            )
            ledger_entries.add_contents(self.connection, file_id, loaded.contents)
        return recorded

    def _transaction(self, file: ManifestFile) -> "_FileTransaction":
        return _FileTransaction(self.connection, about(self.delivery.delivery_key, file.name, ""))

    def _record(self, file: ManifestFile, result: FileResult, details: Details) -> FileResult:
        with self.connection.transaction():
            file_id = ledger_entries.record_file(self.connection, self.delivery.delivery_id, file, result, details)
        return replace(result, file_id=file_id)

    def _quarantined(self, file: ManifestFile, result: FileResult, problem: FileQuarantinedError) -> FileResult:
        message = about(self.delivery.delivery_key, file.name, problem.message)
        return replace(result, status="quarantined", reason=problem.reason, message=message)

    def _establishments(self) -> frozenset[int]:
        return known_establishments(self.connection, self.delivery, self.reference)


class _FileTransaction:
    """A transaction whose errors name the file and quote no row of it."""

    def __init__(self, connection: Connection, where: str) -> None:
        self._transaction = connection.transaction()
        self._where = where

    def __enter__(self) -> None:
        self._transaction.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._transaction.__exit__(kind, error, trace)  # type: ignore[arg-type]
        if isinstance(error, psycopg.Error):
            said = error.diag.message_primary or type(error).__name__
            raise LandingError(f"{self._where}the database stopped it ({said}); nothing was kept.") from None


def known_establishments(connection: Connection, delivery: Delivery, reference: Reference) -> frozenset[int]:
    """SEED codes that rows of a delivery may name: the schools seed, and establishments accepted up to it."""
    rows = connection.execute(
        "select distinct establishments.seed_code from raw.establishments "
        "inner join control.files on establishments._file_id = files.file_id "
        "inner join control.deliveries on files.delivery_id = deliveries.delivery_id "
        "where deliveries.local_authority_code = %s and (deliveries.extract_date, deliveries.sequence) <= (%s, %s)",
        (delivery.local_authority_code, delivery.extract_date, delivery.sequence),
    ).fetchall()
    return reference.establishments() | {row[0] for row in rows}


def _read(delivered: Delivered, file: ManifestFile, contract: Contract, target: Path) -> tuple[Structure, Header]:
    """Read the whole file. Raises FileQuarantinedError, a wrong hash before anything else; with what was seen."""
    headers: list[Header] = []

    def judge(line: bytes) -> int:
        headers.append(judge_header(line, contract))
        return headers[0].width

    problem = None
    structure = Structure()
    with delivered.file, target.open("wb") as records:
        announced.check_size(delivered, contract.ceiling)
        try:
            structure = split_records(delivered, judge, records, announced.bounds(file, contract.ceiling))
        except FileQuarantinedError as found:
            problem = found
        sha256 = delivered.drain()
    try:
        announced.check_hash(file, sha256, delivered.bytes)
        if problem is not None:
            raise problem
    except FileQuarantinedError as found:
        found.seen = (sha256, delivered.bytes)
        raise
    return structure, headers[0]


def _unannounced(file: ManifestFile, contract: Contract) -> tuple[Warned, ...]:
    missing = contract.has_establishment and file.rows_by_establishment is None
    return (Warned("rows_by_establishment_missing"),) if missing else ()


def _number(result: FileResult) -> int:
    assert result.file_id is not None
    return result.file_id
