"""The command line in a process that has read its packages and forks for each command.

Reading Dagster and dbt takes half of a short run. A fork has them at once and is otherwise a process of its own: its
environment, folder and output are those of the command. What a fork has compiled of templates (code by kind and source,
nothing of a home) it hands back for the forks after it. The process ends with the tests, whose pipe it reads.
"""

import json
import marshal
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from orchestration.settings import PROJECT_DIR

LONGEST = 900  # seconds for one command


def read_packages() -> None:
    """Read what a run reads, but nothing that looks at a home."""
    import dagster  # noqa: F401
    import dagster_dbt  # noqa: F401
    import dbt.adapters.postgres
    import dbt.cli.main  # noqa: F401
    import duckdb  # noqa: F401
    import scipy.optimize  # noqa: F401

    import orchestration.cli
    import orchestration.landing
    import orchestration.release  # noqa: F401


def run_as_command(arguments: Sequence[str], at_end: Callable[[], object] = lambda: None) -> None:
    """Be ``warehouse`` with these arguments, in a fork; never returns."""
    code = 70
    try:
        sys.argv = ["warehouse", *arguments]
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


def _hand_back(path: str, known: int) -> None:
    """Write down the templates that a fork has compiled, the latest of an ordered dictionary."""
    from orchestration.lean_dbt import TEMPLATES

    Path(path).write_bytes(marshal.dumps(list(TEMPLATES.items())[known:]))


def _take_over(path: str) -> None:
    """Know the templates that a fork has compiled; one that was killed has written none."""
    from orchestration.lean_dbt import TEMPLATES

    written = Path(path).read_bytes()
    TEMPLATES.update(marshal.loads(written) if written else [])


def _serve() -> None:
    """Fork for every line of standard input; answer with the exit code."""
    read_packages()
    from orchestration.lean_dbt import TEMPLATES

    for line in sys.stdin:
        asked = json.loads(line)
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
            run_as_command(asked["arguments"], at_end=partial(_hand_back, asked["templates"], len(TEMPLATES)))
        _, status = os.waitpid(pid, 0)
        _take_over(asked["templates"])
        print(os.waitstatus_to_exitcode(status), flush=True)


class ReadyRuns:
    """Runs commands one after another in forks of one process, which starts with the first of them."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str, str]:
        """Exit code, output and errors of ``warehouse`` with these arguments in this environment."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.ready_runs"],
                cwd=PROJECT_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        new = tempfile.NamedTemporaryFile
        with new("r") as output, new("r") as errors, new("rb") as templates:
            asked = {
                "arguments": list(arguments), "environment": dict(environment),
                "output": output.name, "errors": errors.name, "templates": templates.name,
            }  # fmt: skip
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
            assert answer, "the process that runs commands has ended: see its standard error"
            return int(answer), Path(output.name).read_text(), Path(errors.name).read_text()


if __name__ == "__main__":
    _serve()
