"""Runs dbt in the process of the step and hands its events to Dagster as they happen.

``DbtCliResource`` starts dbt as a process of its own: 15.3 s against 9.8 s for 30 models and 100 tests.
"""

import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from google.protobuf.json_format import MessageToDict
from psycopg import Connection

from orchestration.layer_sizes import table_size
from orchestration.settings import Settings
from orchestration.transform import DbtResult, run_dbt, target_path, without_row_values


def _row_count(connection: Connection, schema: str, table: str) -> dict[str, int]:
    size = table_size(connection, schema, table)
    if size is None:
        return {}
    return {"rows (estimate)" if size.is_estimate else "dagster/row_count": size.rows}


def stream_dbt(
    settings: Settings,
    arguments: Sequence[str],
    context: dg.AssetExecutionContext,
    manifest: dict[str, Any],
    translator: DagsterDbtTranslator,
    connection: Connection,
    project_stands: bool = False,
) -> Iterator[Any]:
    """Yield an output for each model or seed and a check result for each test; the last item is a DbtResult.

    ``connection``, as the transformer, counts the rows of what was built.
    """
    events: queue.Queue[dict[str, Any] | DbtResult | BaseException] = queue.Queue()

    def collect(event: Any) -> None:
        if event.info.name in {"LogSeedResult", "LogModelResult", "LogTestResult"}:
            events.put(MessageToDict(event, preserving_proto_field_name=True))

    def work() -> None:
        try:
            events.put(run_dbt(settings, arguments, on_event=collect, project_stands=project_stands))
        except BaseException as error:
            events.put(error)

    threading.Thread(target=work, name="dbt", daemon=True).start()
    while True:
        event = events.get()
        if isinstance(event, BaseException):
            raise dg.Failure(
                description=f"dbt could not run: {without_row_values(str(event))}", allow_retries=False
            ) from None
        if isinstance(event, DbtResult):
            yield event
            return
        node = event["data"].get("node_info", {})
        context.log.debug(f"{node.get('node_name')}: {event['data'].get('status')}")
        message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
        for item in message.to_default_asset_events(manifest, translator, context, target_path(settings)):
            if isinstance(item, dg.Output) and node.get("materialized") != "view":
                relation = node.get("node_relation", {})
                counts = _row_count(connection, relation.get("schema", ""), relation.get("alias", ""))
                yield item.with_metadata({**item.metadata, **counts})
            else:
                yield item
