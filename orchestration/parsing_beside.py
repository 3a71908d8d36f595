"""Lets dbt's project be parsed by a process beside this one, while this one does what needs no parse."""

import subprocess
import sys
from types import TracebackType

from orchestration.settings import Settings
from orchestration.transform import is_parsed

PARSE = (
    "from orchestration.settings import load_settings; from orchestration.transform import ensure_manifest; "
    "ensure_manifest(load_settings())"
)


class ParsingBeside:
    """A process that parses the project, where it was not parsed as it is now; none elsewhere.

    What goes wrong in it, the one who needs the parse will meet and say: it parses again what is not there.
    """

    def __init__(self, settings: Settings) -> None:
        """Begin. The process reads its settings from the environment, as this one did."""
        quiet = subprocess.DEVNULL
        command = [sys.executable, "-c", PARSE]
        self._process = (
            None if is_parsed(settings) else subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        )

    def wait(self) -> None:
        """Wait until the project is parsed, or could not be."""
        if self._process is not None:
            self._process.wait()

    def __enter__(self) -> "ParsingBeside":
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing running: wait for it, or end it where something went wrong here."""
        if self._process is not None:
            if error is not None:
                self._process.terminate()
            self._process.wait()
