"""dbt as a plain function: in this process, as the role ``transformer``, on the warehouse of the settings.

In process a build is about a third faster than through the dbt command (no second start of Python). The
profile reads everything from the environment, so the password stands in no file and no argument.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.database import dbt_environment
from orchestration.settings import Settings

BUILDING = frozenset({"build", "run", "test", "seed"})
DbtEvent = Any  # dbt's own protobuf message; dbt publishes no type for it


@dataclass(frozen=True)
class DbtNode:
    """What became of one model, seed or test: unique id, dbt status, seconds, and message if it failed."""

    unique_id: str
    status: str
    seconds: float
    message: str | None


@dataclass(frozen=True)
class DbtResult:
    """Outcome of one dbt invocation."""

    success: bool
    nodes: tuple[DbtNode, ...]
    error: str | None

    @property
    def failed(self) -> tuple[DbtNode, ...]:
        """Nodes that ended in an error or a failed test."""
        return tuple(node for node in self.nodes if node.status in {"error", "fail", "runtime error"})


def without_row_values(message: str) -> str:
    """Leave out of a database error what PostgreSQL quotes of a row.

    A violated key or not-null constraint quotes the row it happened in, names and dates of birth included; a value
    that does not fit its type is quoted in the first line itself.
    """
    message = re.sub(
        r'(?s)((?:invalid input|malformed)[^:\n]*|[^:\n]*out of range): ".*?"(?=\s*$|\s*\n)', r"\1: (left out)", message
    )
    message = re.sub(r'(?s)value ".*?" is (out of range|too long)', r"value (left out) is \1", message)
    return re.sub(r"(?ms)^[ \t]*(DETAIL|CONTEXT|HINT):.*?(?=^[ \t]*\S+:|\Z)", "", message).strip()


def clean_run_results(settings: Settings) -> None:
    """Leave the values of rows out of the messages in dbt's ``run_results.json`` as well."""
    path = target_path(settings) / "run_results.json"
    if not path.exists():
        return
    artefact = json.loads(path.read_text())
    for result in artefact.get("results", []):
        if result.get("message"):
            result["message"] = without_row_values(str(result["message"]))
    path.write_text(json.dumps(artefact))


@contextmanager
def _environment(settings: Settings, project_stands: bool) -> Iterator[None]:
    wanted = {
        **dbt_environment(settings),
        "WAREHOUSE_PROJECT_STANDS": "yes" if project_stands else "no",
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def target_path(settings: Settings) -> Path:
    """Folder of dbt's artefacts. It lies in the warehouse's home: two warehouses never share one."""
    return settings.home / "dbt" / "target"


def run_dbt(
    settings: Settings,
    arguments: Sequence[str],
    on_event: Callable[[DbtEvent], None] | None = None,
    quiet: bool = True,
    project_stands: bool = False,
) -> DbtResult:
    """Run dbt with ``arguments`` such as ``["build", "--select", "canonical"]``.

    ``on_event`` is called with each of dbt's log events. ``project_stands``: the tables were made with the very
    same files, so that their columns and comments need no look-up. Returns what became of every node; raises nothing
    for a failed model or test, which the result tells.
    """
    from dbt.cli.main import dbtRunner  # 1.5 s to import, not needed by most commands

    common = [
        "--project-dir", str(settings.dbt_dir),
        "--profiles-dir", str(settings.project_dir / "profiles"),
        "--target-path", str(target_path(settings)),
        "--log-path", str(settings.home / "dbt" / "logs"),
    ]  # fmt: skip
    flags = ["--log-level", "none", "--log-level-file", "none"] if quiet else ["--log-level-file", "none"]
    callbacks = [on_event] if on_event else []
    manifest = parsed_project(settings) if arguments[0] in BUILDING else None
    with _environment(settings, project_stands):
        runner = dbtRunner(manifest=manifest, callbacks=callbacks)
        outcome = runner.invoke([*flags, *arguments, *common])
    clean_run_results(settings)
    nodes = tuple(
        DbtNode(
            result.node.unique_id,
            str(result.status),
            float(result.execution_time),
            without_row_values(result.message) if result.message else None,
        )
        for result in (getattr(outcome.result, "results", None) or ())
        if hasattr(result, "node")
    )
    error = without_row_values(str(outcome.exception)) if outcome.exception else None
    return DbtResult(bool(outcome.success), nodes, error)


def _fingerprint(settings: Settings) -> str:
    roots = [settings.dbt_dir / part for part in ("models", "macros", "tests", "dbt_project.yml")]
    roots += [settings.seeds_dir, settings.project_dir / "profiles"]
    digest = hashlib.sha256()
    for root in roots:
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for path in files:
            if path.suffix in {".sql", ".yml", ".csv"}:
                stat = path.stat()
                digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def ensure_manifest(settings: Settings) -> Path:
    """Path of an up-to-date ``manifest.json``, parsed anew only when the project's files have changed.

    Raises ``RuntimeError`` with dbt's own words when the project cannot be parsed.
    """
    folder = target_path(settings)
    manifest, stamp = folder / "manifest.json", folder / "fingerprint"
    current = _fingerprint(settings)
    if manifest.exists() and stamp.exists() and stamp.read_text() == current:
        return manifest
    result = run_dbt(settings, ["parse"])
    if not result.success:
        raise RuntimeError(f"the dbt project cannot be parsed: {result.error}")
    stamp.write_text(current)
    return manifest


def parsed_project(settings: Settings) -> Any:
    """The project as dbt parsed it last, for ``run_dbt``: reading it back takes a third of parsing it again."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    ensure_manifest(settings)
    stored = (target_path(settings) / "partial_parse.msgpack").read_bytes()
    manifest = Manifest.from_msgpack(stored, decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


def dbt_command(settings: Settings, arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Command line and environment to run dbt as a process of its own, for work by hand."""
    command = [
        str(Path(sys.executable).with_name("dbt")),
        "--log-level-file", "none",
        *arguments,
        "--project-dir", str(settings.dbt_dir),
        "--profiles-dir", str(settings.project_dir / "profiles"),
        "--target-path", str(target_path(settings)),
    ]  # fmt: skip
    return command, {**os.environ, **dbt_environment(settings), "DO_NOT_TRACK": "1"}
