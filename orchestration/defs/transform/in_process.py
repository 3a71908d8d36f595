"""Runs dbt in the process of the step and hands its events to Dagster as they happen.

``DbtCliResource`` starts dbt as a process of its own: 15.3 s against 9.8 s for 30 models and 100 tests.
"""

import contextlib
import ctypes
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from google.protobuf.json_format import MessageToDict
from psycopg import Connection

from orchestration.building import Build
from orchestration.layer_sizes import table_sizes
from orchestration.transform import DbtResult, target_path

STOPPING = 120.0  # seconds for dbt to end once its statements have been cancelled


def _row_counts(connection: Connection, events: Sequence[Any]) -> dict[tuple[str, str], dict[str, int]]:
    """Rows of the tables that some of dbt's events tell of, as metadata, by schema and table: in one statement."""
    made = {_table(event) for event in events if isinstance(event, dict) and event["info"]["name"] != "LogTestResult"}
    return {
        table: {"rows (estimate)" if size.is_estimate else "dagster/row_count": size.rows}
        for table, size in (table_sizes(connection, made) if made else {}).items()
    }


def _table(event: dict[str, Any]) -> tuple[str, str]:
    relation = event["data"].get("node_info", {}).get("node_relation", {})
    return str(relation.get("schema", "")), str(relation.get("alias", ""))


def _waiting(events: "queue.Queue[Any]") -> list[Any]:
    """The next event, and those that have come while the last ones were handed on."""
    found = [events.get()]
    with contextlib.suppress(queue.Empty):
        while True:
            found.append(events.get_nowait())
    return found


def stream_dbt(
    build: Build, context: dg.AssetExecutionContext, manifest: dict[str, Any], translator: DagsterDbtTranslator
) -> Iterator[Any]:
    """Yield an output for each model or seed and a check result for each test; the last item is a DbtResult.

    However this ends, dbt has ended with it: what reads no more of it (Ctrl-C, a lost connection) cancels its
    statements and waits for its thread.
    """
    settings = build.settings
    events: queue.Queue[dict[str, Any] | DbtResult | BaseException] = queue.Queue()

    def collect(event: Any) -> None:
        if event.info.name in {"LogSeedResult", "LogModelResult", "LogTestResult"}:
            events.put(MessageToDict(event, preserving_proto_field_name=True))

    def work() -> None:
        try:
            events.put(build.run(on_event=collect))
        except BaseException as error:
            events.put(error)

    thread = threading.Thread(target=work, name="dbt", daemon=True)
    thread.start()
    try:
        while True:
            waiting = _waiting(events)
            counts = _row_counts(build.connection, waiting)
            for event in waiting:
                if isinstance(event, BaseException):
                    raise event
                if isinstance(event, DbtResult):
                    yield event
                    return
                node = event["data"].get("node_info", {})
                context.log.debug(f"{node.get('node_name')}: {event['data'].get('status')}")
                message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
                for item in message.to_default_asset_events(manifest, translator, context, target_path(settings)):
                    if isinstance(item, dg.Output):
                        yield item.with_metadata({**item.metadata, **counts.get(_table(event), {})})
                    else:
                        yield item
    finally:
        _end(thread)


def _end(thread: threading.Thread) -> None:
    """Wait for dbt; if it is still at work, cancel its statements and let it end as after Ctrl-C."""
    thread.join(timeout=1.0)  # it has said its last word in nearly all cases
    if thread.is_alive() and thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(KeyboardInterrupt))
    until = time.monotonic() + STOPPING
    while thread.is_alive() and time.monotonic() < until:
        with contextlib.suppress(Exception):  # the database may be gone, and dbt between two connections
            _cancel_statements()
        thread.join(timeout=0.5)


def _cancel_statements() -> None:
    """Cancel what dbt's connections are running, as dbt itself does after Ctrl-C."""
    from dbt.adapters.factory import FACTORY

    adapters: list[Any] = list(FACTORY.adapters.values())  # dbt's protocol names fewer methods than it uses
    for adapter in adapters:
        with adapter.connection_named("cancel"):
            list(adapter.cancel_open_connections())
