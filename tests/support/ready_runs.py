"""The command line in a process that has read its packages and forks for each command.

Reading Dagster and dbt takes half of a short run. A fork has them at once and is otherwise a process of its own: its
environment, folder and output are those of the command. What a fork has compiled of templates (code by kind and source,
nothing of a home) and which further packages it has read it hands back for the forks after it. The process ends with
the tests, whose pipe it reads.
"""

import gc
import importlib
import json
import marshal
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT_DIR
from tests.support.plain_runs import DBT_ALONE, PLAIN
from tests.support.plain_runs import main as plain_runs

LONGEST = 900  # seconds for one command
OF_OTHERS = frozenset({"alembic", "dagster", "dagster_dbt", "dagster_shared", "dbt", "scipy", "sqlalchemy"})
"""Packages of which a fork hands back what it has read. Ours may look at a home while they are read."""


def read_packages() -> None:
    """Read what a run reads, but nothing that looks at a home, and start what multiprocessing has for its locks."""
    from multiprocessing import resource_tracker

    import dagster  # noqa: F401
    import dagster_dbt  # noqa: F401
    import dbt.adapters.postgres
    import dbt.cli.main  # noqa: F401
    import duckdb  # noqa: F401

    import orchestration.cli
    import orchestration.landing
    import orchestration.release  # noqa: F401

    sys.warnoptions.append("ignore::UserWarning")  # it removes the locks of forks that were killed, and would say so
    resource_tracker.ensure_running()


def run_as_command(arguments: Sequence[str], at_end: Callable[[], object] = lambda: None) -> None:
    """Be ``warehouse`` with these arguments, in a fork; never returns."""
    code = 70
    try:
        sys.argv = ["warehouse", *arguments]
        if arguments and arguments[0] in {PLAIN, DBT_ALONE}:
            plain_runs(arguments)
        from orchestration.cli import main

        main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            at_end()
        finally:
            os._exit(code)


def _hand_back(path: str, templates: int, modules: frozenset[str]) -> None:
    """Write down what a fork has that its parent has not: templates, the latest of a dictionary, and packages."""
    from orchestration.lean_dbt import TEMPLATES

    read = [name for name in sys.modules if name not in modules and name.partition(".")[0] in OF_OTHERS]
    Path(path).write_bytes(marshal.dumps((list(TEMPLATES.items())[templates:], read)))


def _take_over(path: str) -> None:
    """Have what a fork had at its end; one that was killed has written nothing."""
    from orchestration.lean_dbt import TEMPLATES

    written = Path(path).read_bytes()
    templates, read = marshal.loads(written) if written else ((), ())
    TEMPLATES.update(templates)
    for name in read:
        with suppress(ImportError):  # made by its package while that was used
            importlib.import_module(name)


def _make_readers_of_dbt(home: Path) -> bool:
    """Let dbt make what it makes once per process to read a project; False while the home has none that is parsed."""
    from dbt.adapters.postgres.connections import PostgresCredentials
    from dbt.contracts.project import PackageConfig, ProfileConfig, Project, ProjectFlags

    from orchestration import transform
    from orchestration.lean_dbt import be_lean
    from orchestration.parsed_project import last_manifest
    from orchestration.transform import as_parsed

    parsed = last_manifest(home)
    if not parsed.exists():
        return False
    for kind in (PackageConfig, PostgresCredentials, ProfileConfig, Project, ProjectFlags):
        kind.json_schema()
    be_lean()
    try:
        ready = as_parsed(parsed.parent)
    except Exception:  # a home that a test has torn
        return False

    def at_hand(folder: Path) -> Any:
        """What this process has read, once, for a fork that works on the same project and has it for itself."""
        nonlocal ready
        found, ready = (ready, None) if folder.name == parsed.parent.name else (None, ready)
        return found or as_parsed(folder)

    transform.as_parsed = at_hand
    return True


def _serve() -> None:
    """Fork for every line of standard input; answer with the exit code."""
    read_packages()
    from orchestration.lean_dbt import TEMPLATES

    reads_projects = False
    for line in sys.stdin:
        asked = json.loads(line)
        if not reads_projects:
            reads_projects = _make_readers_of_dbt(Path(asked["environment"]["WAREHOUSE_HOME"]))
        gc.collect()
        gc.freeze()  # a fork would look through all that is here, and copy it, each time it tidies up
        pid = os.fork()
        if pid == 0:
            os.setsid()
            signal.alarm(LONGEST)  # a command that hangs ends, and fails its test
            for number, path in ((1, asked["output"]), (2, asked["errors"])):
                os.dup2(os.open(path, os.O_WRONLY), number)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.environ.clear()
            os.environ.update(asked["environment"])
            os.chdir(PROJECT_DIR)
            known = len(TEMPLATES), frozenset(sys.modules)
            run_as_command(asked["arguments"], at_end=partial(_hand_back, asked["learnt"], *known))
        _, status = os.waitpid(pid, 0)
        _take_over(asked["learnt"])
        print(os.waitstatus_to_exitcode(status), flush=True)


class ReadyRuns:
    """Runs commands one after another in forks of one process, which starts with the first of them.

    ``project`` is the folder whose code it is.
    """

    def __init__(self, project: Path = PROJECT_DIR) -> None:
        self._project = project
        self._process: subprocess.Popen[str] | None = None

    def run(self, arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str, str]:
        """Exit code, output and errors of ``warehouse`` with these arguments in this environment."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.ready_runs"],
                env={**os.environ, "PYTHONPATH": f"{self._project}:{PROJECT_DIR}"},
                cwd=self._project, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        new = tempfile.NamedTemporaryFile
        with new("r") as output, new("r") as errors, new("rb") as learnt:
            asked = {
                "arguments": list(arguments), "environment": dict(environment),
                "output": output.name, "errors": errors.name, "learnt": learnt.name,
            }  # fmt: skip
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
            assert answer, "the process that runs commands has ended: see its standard error"
            return int(answer), Path(output.name).read_text(), Path(errors.name).read_text()

    def end(self) -> None:
        """End the process, whose pipe it reads."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(timeout=60)
            self._process = None


if __name__ == "__main__":
    _serve()
