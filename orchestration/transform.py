"""dbt as a plain function: in this process, as the role ``transformer``, on the warehouse of the settings.

In process a build is about a third faster than through the dbt command (no second start of Python). The
profile reads everything from the environment, so the password stands in no file and no argument.
"""

import io
import json
import os
import re
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO

from orchestration.database import dbt_environment
from orchestration.derived import as_folder, clear_way, read_derived_json, write_derived
from orchestration.parsed_project import MANIFEST, PARTIAL_PARSE, ParsingError, clear_target, fingerprint, parsed_folder
from orchestration.settings import Settings

BUILDING = frozenset({"build", "run", "test", "seed"})
FROM_A_PARSE = BUILDING | {"compile", "docs", "list", "ls", "show", "snapshot", "source", "run-operation"}
"""Commands of dbt that take a parsed project; the others read none, or read it themselves."""
ARTEFACTS = (
    "manifest.json", "partial_parse.msgpack", "run_results.json", "semantic_manifest.json", "perf_info.json",
    "graph.gpickle", "graph_summary.json", "catalog.json", "index.html", "sources.json",
)  # fmt: skip
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
    """Leave the values of rows out of the messages in dbt's ``run_results.json`` as well; a torn one goes."""
    path = target_path(settings) / "run_results.json"
    artefact = read_derived_json(path)
    if artefact is None:
        clear_way(path)
        path.unlink(missing_ok=True)
        return
    results = artefact.get("results")
    for result in results if isinstance(results, list) else []:
        if isinstance(result, dict) and result.get("message"):
            result["message"] = without_row_values(str(result["message"]))
    write_derived(path, json.dumps(artefact))


def _write_run_results(settings: Settings, nodes: Sequence[DbtNode], arguments: Sequence[str]) -> None:
    """What became of each node, for people: dbt's own file would hold values of rows until it has been cleaned."""
    results = [
        {"unique_id": n.unique_id, "status": n.status, "execution_time": n.seconds, "message": n.message} for n in nodes
    ]
    document = {"args": {"which": arguments[0]}, "results": results}
    write_derived(target_path(settings) / "run_results.json", json.dumps(document))


@contextmanager
def _environment(
    settings: Settings, project_stands: bool, is_parsing: bool, is_checked: bool = False
) -> Iterator[None]:
    wanted = {
        **dbt_environment(settings, is_parsing),
        "WAREHOUSE_PROJECT_STANDS": "yes" if project_stands else "no",
        "WAREHOUSE_PROJECT_CHECKED": "yes" if is_checked else "no",
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
    target: Path | None = None,
    rebuilt: Collection[str] = (),
) -> DbtResult:
    """Run dbt with ``arguments`` such as ``["build", "--select", "canonical"]``.

    ``on_event`` is called with each of dbt's log events. ``project_stands``: the tables were made with the very
    same files, so that their columns and comments need no look-up. ``target`` takes dbt's artefacts instead of the
    home's folder. ``rebuilt`` are unique ids of models and seeds that are made anew from what they stand on, whatever
    deliveries have touched. Returns what became of every node; raises nothing for a failed model or test, which the
    result tells.
    """
    from dbt.cli.main import dbtRunner  # 1.5 s to import, not needed by most commands

    from orchestration.lean_dbt import be_lean
    from orchestration.quiet_dbt import be_quiet

    be_quiet()
    be_lean()
    clear_target(target or target_path(settings), ARTEFACTS)
    common = [
        "--project-dir", str(settings.dbt_dir),
        "--profiles-dir", str(settings.project_dir / "profiles"),
        "--target-path", str(target or target_path(settings)),
        "--log-path", str(as_folder(settings.home / "dbt" / "logs")),
    ]  # fmt: skip
    flags = ["--log-level", "none", "--log-level-file", "none"] if quiet else ["--log-level-file", "none"]
    is_building = arguments[0] in BUILDING
    if is_building:
        flags.append("--no-write-json")
    callbacks = [on_event] if on_event else []
    parse = _parsed(settings) if arguments[0] in FROM_A_PARSE else None
    checked = settings.home / "dbt" / "checked.json"
    is_checked = parse is not None and (read_derived_json(checked) or {}).get("parse") == parse.name
    manifest = as_parsed(parse) if parse is not None else None
    if manifest is not None:
        for unique_id in rebuilt:
            manifest.nodes[unique_id].config.full_refresh = True
    with _environment(settings, project_stands, arguments[0] == "parse", is_checked):
        runner = dbtRunner(manifest=manifest, callbacks=callbacks)
        outcome = runner.invoke([*flags, *arguments, *common])
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
    if is_building:
        _write_run_results(settings, nodes, arguments)
    if is_building and parse is not None and not is_checked and any(_has_passed(node) for node in nodes):
        write_derived(checked, json.dumps({"parse": parse.name}))
    error = without_row_values(str(outcome.exception)) if outcome.exception else None
    return DbtResult(bool(outcome.success), nodes, error)


def _has_passed(node: DbtNode) -> bool:
    """Whether it is the statement that dbt begins with, in which the project is checked, and all was well."""
    return node.unique_id.startswith("operation.") and node.status in {"success", "pass"}


def _parsed(settings: Settings) -> Path:
    """Folder of the project as it is now, parsed anew only when its files or dbt have changed."""

    def parse(folder: Path) -> None:
        result = run_dbt(settings, ["parse"], target=folder)
        if not result.success:
            raise ParsingError(f"the dbt project cannot be parsed: {result.error}")

    return parsed_folder(_parses(settings), _as_it_is(settings), parse)


def _parses(settings: Settings) -> Path:
    return settings.home / "dbt" / "parsed"


def _as_it_is(settings: Settings) -> str:
    """What names a parse of the project as it is now."""
    roots = [settings.dbt_dir / part for part in ("models", "macros", "tests", "dbt_project.yml")]
    roots += [settings.seeds_dir, settings.project_dir / "profiles"]
    versions = [version("dbt-core"), version("dbt-postgres"), version("dbt-adapters")]
    return fingerprint(roots, versions)


def is_parsed(settings: Settings) -> bool:
    """Whether a parse of the project as it is now is there, by its name: who uses it sees whether it is whole."""
    return (_parses(settings) / _as_it_is(settings)).is_dir()


def ensure_manifest(settings: Settings) -> Path:
    """Path of an up-to-date ``manifest.json``, parsed anew only when the project's files have changed.

    Raises ParsingError with dbt's own words when the project cannot be parsed.
    """
    return _parsed(settings) / MANIFEST


def parsed_project(settings: Settings) -> Any:
    """The project as dbt parsed it last, for ``run_dbt``: reading it back takes a third of parsing it again."""
    return as_parsed(_parsed(settings))


def as_parsed(folder: Path) -> Any:
    """The project in a folder of ``parsed_folder``, for ``run_dbt``."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    stored = (folder / PARTIAL_PARSE).read_bytes()
    manifest = Manifest.from_msgpack(stored, decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


class _Cleaned(io.TextIOBase):
    """What dbt prints, line by line, without what PostgreSQL quotes of rows."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._begun = ""

    def write(self, text: str) -> int:
        """Print the lines that are whole, and keep the last one until it is."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            said = line.strip().replace("\\n", "\n")  # as lines of JSON have it
            cleaned = without_row_values(said)
            self._out.write(line if cleaned == said else f"  {cleaned or '(row left out)'}")
            self._out.write("\n")
        self._out.flush()
        return len(text)

    def finish(self) -> None:
        """Print what came without an end of line."""
        if self._begun:
            self.write("\n")


def command_in(arguments: Sequence[str]) -> str:
    """The command among dbt's arguments: the first that is no option; empty if there is none."""
    return next((one for one in arguments if not one.startswith("-")), "")


def dbt_by_hand(settings: Settings, arguments: Sequence[str]) -> int:
    """Run dbt with the arguments of a person, print what it says, and return its exit code: 0, 1 or, misused, 2.

    It starts from the project as it was parsed last, so that it reads the files that have changed and no others.
    """
    from dbt.cli.exceptions import DbtUsageException
    from dbt.cli.main import dbtRunner

    clear_target(target_path(settings), ARTEFACTS)
    command = command_in(arguments)
    manifest = None
    if command in FROM_A_PARSE:
        with suppress(ParsingError):  # dbt says why
            manifest = parsed_project(settings)
    places = [
        "--project-dir", str(settings.dbt_dir),
        "--profiles-dir", str(settings.project_dir / "profiles"),
        "--target-path", str(target_path(settings)),
        "--log-path", str(as_folder(settings.home / "dbt" / "logs")),
        "--log-level-file", "none",  # its lines would have values of rows
    ]  # fmt: skip
    out = _Cleaned(sys.stdout)
    with _environment(settings, False, command == "parse"), redirect_stdout(out), redirect_stderr(out):
        outcome = dbtRunner(manifest=manifest).invoke([*arguments, *(places if command else ())])
    out.finish()
    if isinstance(outcome.exception, DbtUsageException):
        sys.stderr.write(f"dbt: {outcome.exception}\n")
    return 0 if outcome.success else 2 if outcome.exception else 1
