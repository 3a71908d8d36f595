"""What every step is given: the settings of the warehouse, read when the step runs; and how a step fails."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.database import ensure_ready
from orchestration.errors import WarehouseError
from orchestration.settings import Settings, load_settings
from orchestration.transform import without_row_values
from orchestration.trouble import trouble_of


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


# What passes by itself (a database that restarts, a lock that somebody holds) is tried again, later each time.
RETRIES, FIRST_DELAY = 3, 5.0  # times; seconds
OUTSIDE_FAILURES = dg.RetryPolicy(
    max_retries=RETRIES, delay=FIRST_DELAY, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)


def failure(error: BaseException) -> dg.Failure:
    """The failure of a step in words, without values of rows, not to be tried again."""
    trouble = trouble_of(error, load_settings().home)
    if trouble is not None:
        return dg.Failure(description=trouble.words, metadata={"trouble": trouble.kind}, allow_retries=False)
    name = "" if isinstance(error, WarehouseError) else f"{type(error).__name__}: "
    return dg.Failure(description=f"{name}{without_row_values(str(error))}", allow_retries=False)


@contextmanager
def in_words(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Let a step be tried again for what passes by itself, and for nothing else; its last failure is in words."""
    try:
        yield
    except dg.Failure:
        raise
    except Exception as error:
        trouble = trouble_of(error, load_settings().home)
        if trouble is not None and trouble.is_passing and context.op_execution_context.retry_number < RETRIES:
            context.log.warning(f"{trouble.words} It is tried again in a while.")
            raise dg.Failure(description=trouble.words, metadata={"trouble": trouble.kind}) from None
        raise failure(error) from None


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
