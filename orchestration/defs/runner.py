"""Runs the two jobs in this process, as ``warehouse run`` does: the same jobs that Dagster's daemon runs."""

import contextlib
import io
import os
import sqlite3
import sys
import time
from dataclasses import dataclass
from typing import Any, TextIO

import dagster as dg

from orchestration.defs.event_log import event_log_held_open
from orchestration.defs.resources import TOLD_TO_END
from orchestration.defs.run_store import sound_run_store
from orchestration.ledger import is_behind
from orchestration.settings import Settings
from orchestration.transform import without_row_values
from orchestration.trouble import BY_KIND, Trouble, chain, trouble_in, trouble_of

LAND, BUILD = "land_delivery", "build_layers"
STORE_ERROR = "Exception while writing logger call to event log"


@dataclass(frozen=True)
class JobOutcome:
    """How a job ended: whether it succeeded, what went wrong in words for people, seconds, failed checks.

    ``trouble`` is set where the cause lies outside: a full disk, a lost database.
    """

    success: bool
    message: str | None
    seconds: float
    failed_checks: tuple[str, ...]
    trouble: Trouble | None = None


def _cause(event: dg.DagsterEvent) -> str:
    data: Any = event.event_specific_data
    failure = getattr(data, "user_failure_data", None)
    if failure is not None and failure.description:
        return str(failure.description)
    error = getattr(data, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return str(event.message)
    text = without_row_values(f"{error.cls_name}: {error.message.strip()}")
    trouble = trouble_in(text)
    return trouble.words if trouble else text


def _trouble(event: dg.DagsterEvent) -> Trouble | None:
    failure = getattr(event.event_specific_data, "user_failure_data", None)
    known = failure.metadata.get("trouble") if failure is not None else None
    if known is not None:
        return BY_KIND.get(str(known.value))
    return trouble_in(_cause(event)) if failure is None else None


class _WithoutStoreErrors(io.TextIOBase):
    """Standard error without what Dagster writes there when its storage fails; the run's own message says it."""

    def __init__(self, errors: TextIO) -> None:
        self._errors = errors

    def write(self, text: str) -> int:
        return len(text) if text.startswith(STORE_ERROR) else self._errors.write(text)

    def flush(self) -> None:
        self._errors.flush()

    def fileno(self) -> int:
        return self._errors.fileno()

    def isatty(self) -> bool:
        return self._errors.isatty()


def _landing() -> dg.Definitions:
    """The job that lands, alone: nothing of it waits for dbt's project."""
    from orchestration.defs.landing.assets import extract_files, land_delivery_job, raw_feeds
    from orchestration.defs.resources import resources

    return dg.Definitions.merge(dg.Definitions([*extract_files, raw_feeds], jobs=[land_delivery_job]), resources())


def _whole() -> dg.Definitions:
    """All that Dagster's daemon runs; parses the dbt project where it has changed. Raises ``ParsingError``."""
    from orchestration.definitions import defs

    return defs()


class Runner:
    """Runs the jobs one after another; definitions are loaded once, and those of the build when they are needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        os.environ["DAGSTER_HOME"] = str(sound_run_store(settings))  # before definitions are loaded
        self._instance = dg.DagsterInstance.get()
        self._loaded: dict[str, dg.Definitions] = {}

    def load(self) -> None:
        """Load the definitions of the build. Raises ``ParsingError`` where the dbt project cannot be parsed."""
        self._definitions(BUILD)

    def _definitions(self, job: str) -> dg.Definitions:
        if job not in self._loaded:
            self._loaded[job] = _landing() if job == LAND else _whole()
        return self._loaded[job]

    def _run(self, job: str, partition: str | None = None, run_config: dict[str, Any] | None = None) -> JobOutcome:
        """Run a job; a run store that turns out to be damaged is made anew, and the job is run once more."""
        started = time.monotonic()
        try:
            return self._attempt(job, partition, run_config, started)
        except Exception as error:
            trouble = trouble_of(error, self._settings.home)
            if trouble is not None:
                return JobOutcome(False, trouble.words, time.monotonic() - started, (), trouble)
            if not any(isinstance(one, sqlite3.DatabaseError) for one in chain(error)):
                raise
        sound_run_store(self._settings, thorough=True)
        self._instance = dg.DagsterInstance.get()
        return self._attempt(job, partition, run_config, started)

    def _attempt(
        self, job: str, partition: str | None, run_config: dict[str, Any] | None, started: float
    ) -> JobOutcome:
        if partition is not None:
            self._instance.add_dynamic_partitions("deliveries", [partition])
        TOLD_TO_END.clear()
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        with contextlib.redirect_stderr(_WithoutStoreErrors(sys.stderr)), event_log_held_open(self._instance):
            result = (
                self._definitions(job)
                .resolve_job_def(job)
                .execute_in_process(
                    instance=self._instance,
                    partition_key=partition,
                    raise_on_error=False,
                    run_config={**quiet, **(run_config or {})},
                )
            )
        if TOLD_TO_END.is_set():
            raise KeyboardInterrupt
        failures = [event for event in result.all_events if event.event_type is dg.DagsterEventType.STEP_FAILURE]
        checks = tuple(
            f"{evaluation.asset_key.to_user_string()}: {evaluation.check_name}"
            for evaluation in result.get_asset_check_evaluations()
            if not evaluation.passed
        )
        message = "\n".join(dict.fromkeys(_cause(event) for event in failures)) or None
        trouble = next((found for event in failures if (found := _trouble(event))), None)
        left_out = [
            event.step_key for event in result.all_events if event.event_type is dg.DagsterEventType.STEP_SKIPPED
        ]
        if left_out and not failures:  # Dagster says nothing when a step's input was not made
            message = f"steps were left out, and nothing after them is up to date: {', '.join(map(str, left_out))}"
        return JobOutcome(result.success and message is None, message, time.monotonic() - started, checks, trouble)

    @staticmethod
    def is_behind(settings: Settings) -> bool:
        """Whether something is left to build or to release."""
        return is_behind(settings)

    def land(self, delivery_key: str) -> JobOutcome:
        """Run ``land_delivery`` for one delivery."""
        return self._run(LAND, partition=delivery_key)

    def build(self, full_refresh: bool = False) -> JobOutcome:
        """Run ``build_layers`` for all that has landed."""
        config = {"ops": {"dbt": {"config": {"full_refresh": full_refresh}}}} if full_refresh else {}
        return self._run(BUILD, run_config=config)
