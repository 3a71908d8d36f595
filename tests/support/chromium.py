"""The system's Chromium for the browser tests: found, or installed where this user may.

The shell of Chromium that has no window is taken first: the same engine, which opens a page in a third of the time.
``python -m tests.support.chromium``, once before the tests: installs it as root on a machine with apt-get, says how
otherwise. Standard library only.
"""

import os
import shutil
import subprocess
import sys

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = (
    "The browser tests need Chromium or Chrome on the PATH. Debian: sudo apt-get install chromium-headless-shell; "
    "Ubuntu: sudo apt-get install chromium; "
    "Fedora: sudo dnf install chromium; macOS: brew install --cask chromium. "
    "Elsewhere set CHROMIUM to its program."
)


def find() -> str | None:
    """Path of the browser: what CHROMIUM names, or the first of the usual names; None where there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((found for found in map(shutil.which, NAMES) if found), None)


def may_install() -> bool:
    """Whether this user can install it: root, on a machine with apt-get."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _is_known(package: str) -> bool:
    """Whether this machine's lists have a package of apt."""
    command = ["apt-cache", "show", package]
    return (
        shutil.which("apt-cache") is not None
        and not subprocess.run(command, capture_output=True, check=False).returncode
    )


def install() -> str | None:
    """Install Debian's package, the shell where there is one; what apt says is shown only where all fails.

    Out: the path, or None.
    """
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    said = ""
    subprocess.run(["apt-get", "update"], env=quiet, capture_output=True, check=False)
    for package in (SHELL, "chromium"):
        command = ["apt-get", "install", "--yes", "--no-install-recommends", package]
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
        if done.returncode == 0 or find() is not None:
            return find()
        said = f"{done.stdout[-1000:]}\n{done.stderr[-1000:]}"
    print(said, file=sys.stderr)
    return find()


def launch_arguments() -> list[str]:
    """What Chromium must be told: it has no sandbox for root, and containers have little shared memory."""
    return ["--no-sandbox", "--disable-dev-shm-usage"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def main() -> None:
    """Make sure that there is one, if this user may; never an error, the tests themselves say what is missing."""
    if os.environ.get("CHROMIUM") or shutil.which(SHELL) is not None or (find() is not None and not _is_known(SHELL)):
        return
    if may_install():
        print("Installing Chromium's shell for the browser tests ...")
        if install() is not None:
            return
    if find() is None:
        print(HOW, file=sys.stderr)


if __name__ == "__main__":
    main()
