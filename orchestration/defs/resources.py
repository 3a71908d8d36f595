"""What every step is given: the settings of the warehouse, read when the step runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.database import ensure_ready
from orchestration.settings import Settings, load_settings


class WarehouseResource(dg.ConfigurableResource["WarehouseResource"]):
    """The warehouse that the environment names; see ``.env.example``."""

    def ready(self) -> Settings:
        """Return the settings, with the database started and provisioned."""
        settings = load_settings()
        ensure_ready(settings)
        return settings


@dg.definitions
def resources() -> dg.Definitions:
    """The one resource: the warehouse."""
    return dg.Definitions(resources={"warehouse": WarehouseResource()})


# What fails for outside reasons (a database that restarts, a disk that is full) is tried again, later each time.
OUTSIDE_FAILURES = dg.RetryPolicy(max_retries=3, delay=5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)

TOLD_TO_END = threading.Event()
"""Set once a step was ended by a signal; the runner then ends the process instead of going on."""


@contextmanager
def ends_when_told() -> Iterator[None]:
    """End a step at once when the process is told to (Ctrl-C, TERM): Dagster would try it again by its policy."""
    try:
        yield
    except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
        TOLD_TO_END.set()
        raise dg.Failure(
            description="told to end; what was complete before is kept, and the next run carries on",
            allow_retries=False,
        ) from None
