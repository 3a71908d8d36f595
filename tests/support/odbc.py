"""A spreadsheet's way into the database: Debian's ODBC driver for PostgreSQL and ``isql``, as any user of the machine.

Found where they are installed; else taken from Debian's packages into ``.venv/odbc``, which needs no root and changes
nothing of the machine. ``python -m tests.support.odbc``, once before the tests, does so or says how. Standard library
only.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("odbc-postgresql", "unixodbc")
DRIVER = "psqlodbcw.so"
FOLDER = Path(__file__).parents[2] / ".venv" / "odbc"
HOW = (
    "The test of a spreadsheet's driver needs ODBC and its driver for PostgreSQL. Debian, Ubuntu: "
    "sudo apt-get install odbc-postgresql unixodbc, or apt-get update as root once, so that any user can fetch them."
)


@dataclass(frozen=True)
class Odbc:
    """The program ``isql``, the driver, and where the libraries of both are."""

    isql: Path
    driver: Path
    libraries: tuple[Path, ...]

    def ask(self, folder: Path, source: dict[str, str], statements: str) -> str:
        """What ``isql`` prints of these statements, one a line, in columns parted by ``|``.

        In: an empty folder for the description of the data source, and its settings.
        """
        lines = ["[marts]", f"Driver={self.driver}", *(f"{name}={value}" for name, value in source.items())]
        described = folder / "odbc.ini"
        described.touch(mode=0o600)
        described.write_text("\n".join(lines) + "\n")
        known = os.environ.get("LD_LIBRARY_PATH", "")
        environment = {
            **os.environ,
            "ODBCINI": str(described),
            "ODBCSYSINI": str(folder),
            "LD_LIBRARY_PATH": os.pathsep.join([*map(str, self.libraries), *filter(None, [known])]),
        }
        done = subprocess.run([str(self.isql), "marts", "-b", "-v", "-d|"], input=statements, env=environment,
                              capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
        return done.stdout + done.stderr


def find() -> Odbc | None:
    """What is installed on the machine, or was fetched before; None where there is neither."""
    roots = (Path("/"), FOLDER)
    programs = [root / "usr" / "bin" / "isql" for root in roots]
    isql = next((program for program in programs if program.exists()), None)
    driver = next((found for root in roots for found in sorted((root / "usr" / "lib").glob(f"*/odbc/{DRIVER}"))), None)
    return Odbc(isql, driver, tuple(sorted((FOLDER / "usr" / "lib").glob("*-linux-gnu")))) if isql and driver else None


def fetch() -> Odbc | None:
    """Unpack Debian's packages into the folder; None where that cannot be done here."""
    if any(shutil.which(program) is None for program in ("apt-get", "dpkg-deb")):
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    for options in ([], _own_lists()):
        if options:
            _run(["apt-get", *options, "update"])
        planned = _run(["apt-get", *options, "install", "--simulate", "--no-install-recommends", *PACKAGES])
        names = [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]
        if names:
            _run(["apt-get", *options, "download", *names])
        if names and len(list(FOLDER.glob("*.deb"))) >= len(names):
            break
    for archive in FOLDER.glob("*.deb"):
        _run(["dpkg-deb", "-x", str(archive), str(FOLDER)])
        archive.unlink()
    shutil.rmtree(FOLDER / "apt", ignore_errors=True)
    return find()


def _own_lists() -> list[str]:
    """For apt without root, on a machine whose lists of packages were never fetched."""
    for folder in ("lists/partial", "archives/partial"):
        (FOLDER / "apt" / folder).mkdir(parents=True, exist_ok=True)
    return [f"-oDir::State::lists={FOLDER}/apt/lists", f"-oDir::Cache={FOLDER}/apt", "-oAPT::Sandbox::User="]


def _run(command: list[str]) -> str:
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def main() -> None:
    """Make sure that they are there, if this machine can; never an error, the test itself says what is missing."""
    if find() is None and fetch() is None:
        print(HOW, file=sys.stderr)


if __name__ == "__main__":
    main()
