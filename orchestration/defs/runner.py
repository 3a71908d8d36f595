"""Runs the two jobs in this process, as ``warehouse run`` does: the same jobs that Dagster's daemon runs."""

import os
import time
from dataclasses import dataclass
from typing import Any

import dagster as dg

from orchestration.defs.resources import TOLD_TO_END
from orchestration.ledger import is_behind
from orchestration.services import dagster_home
from orchestration.settings import Settings


@dataclass(frozen=True)
class JobOutcome:
    """How a job ended: whether it succeeded, what went wrong in words for people, seconds, failed checks."""

    success: bool
    message: str | None
    seconds: float
    failed_checks: tuple[str, ...]


def _cause(event: dg.DagsterEvent) -> str:
    data: Any = event.event_specific_data
    failure = getattr(data, "user_failure_data", None)
    if failure is not None and failure.description:
        return str(failure.description)
    error = getattr(data, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    return f"{error.cls_name}: {error.message.strip()}" if error is not None else str(event.message)


class Runner:
    """Loads the definitions once and runs their jobs one after another."""

    def __init__(self, settings: Settings) -> None:
        os.environ["DAGSTER_HOME"] = str(dagster_home(settings))
        from orchestration.definitions import (
            defs,
        )  # needs DAGSTER_HOME, and parses the dbt project when it changed

        self._instance = dg.DagsterInstance.get()
        self._definitions = defs()

    def _run(self, job: str, partition: str | None = None, run_config: dict[str, Any] | None = None) -> JobOutcome:
        started = time.monotonic()
        TOLD_TO_END.clear()
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        result = self._definitions.resolve_job_def(job).execute_in_process(
            instance=self._instance,
            partition_key=partition,
            raise_on_error=False,
            run_config={**quiet, **(run_config or {})},
        )
        if TOLD_TO_END.is_set():
            raise KeyboardInterrupt
        failures = [event for event in result.all_events if event.event_type is dg.DagsterEventType.STEP_FAILURE]
        checks = tuple(
            f"{evaluation.asset_key.to_user_string()}: {evaluation.check_name}"
            for evaluation in result.get_asset_check_evaluations()
            if not evaluation.passed
        )
        message = "\n".join(_cause(event) for event in failures) or None
        left_out = [
            event.step_key for event in result.all_events if event.event_type is dg.DagsterEventType.STEP_SKIPPED
        ]
        if left_out and not failures:  # Dagster says nothing when a step's input was not made
            message = f"steps were left out, and nothing after them is up to date: {', '.join(map(str, left_out))}"
        return JobOutcome(result.success and message is None, message, time.monotonic() - started, checks)

    @staticmethod
    def is_behind(settings: Settings) -> bool:
        """Whether something is left to build or to release."""
        return is_behind(settings)

    def land(self, delivery_key: str) -> JobOutcome:
        """Run ``land_delivery`` for one delivery."""
        self._instance.add_dynamic_partitions("deliveries", [delivery_key])
        return self._run("land_delivery", partition=delivery_key)

    def build(self, full_refresh: bool = False) -> JobOutcome:
        """Run ``build_layers`` for all that has landed."""
        config = {"ops": {"dbt": {"config": {"full_refresh": full_refresh}}}} if full_refresh else {}
        return self._run("build_layers", run_config=config)
