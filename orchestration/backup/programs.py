"""PostgreSQL's own programs, run for a backup: their progress in words, their failures as errors."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from orchestration.backup.manifest import BackupError
from orchestration.database.binaries import find_binaries
from orchestration.settings import Settings

Progress = Callable[[str], None]
STEP = re.compile(r'(?:dumping contents of table|processing data for table|creating INDEX) "?([^"]+?)"?$')


def run_program(settings: Settings, name: str, known: dict[str, str], arguments: list[str], progress: Progress) -> None:
    """Run ``pg_dump`` or ``pg_restore`` to its end with a login's parameters; the password goes by the environment.

    Raises BackupError with the program's last words, without what it quotes of rows.
    """
    program = Path(find_binaries(settings).path(name))
    if not program.exists():
        raise BackupError(f"{program} is not there: set WAREHOUSE_PG_BIN to binaries that have {name}, or unset it.")
    login = {
        "PGHOST": known["host"], "PGPORT": known["port"], "PGUSER": known["user"], "PGPASSWORD": known["password"],
        "PGSSLMODE": known["sslmode"], "PGGSSENCMODE": "disable", "LC_ALL": "C",
    }  # fmt: skip
    kept = {
        variable: os.environ[variable] for variable in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if variable in os.environ
    }
    process = subprocess.Popen(
        [str(program), "--verbose", "--no-password", *arguments],
        env=kept | login, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, errors="replace",
    )  # fmt: skip
    said: list[str] = []
    assert process.stderr is not None
    try:
        for line in process.stderr:
            step = STEP.search(line.strip())
            if step:
                progress(step.group(1))
            elif "error:" in line or "FATAL" in line or "fatal:" in line:
                said.append(line.strip())
    finally:
        if process.poll() is None:
            process.terminate()
        code = process.wait()
    if code != 0:
        raise BackupError(f"{name} stopped: {' / '.join(said[:3]) or f'exit code {code}'}")
