"""The system's Chromium for the browser tests: found, or installed where this user may.

``python -m tests.support.chromium``, once before the tests: installs it as root on a machine with apt-get, says how
otherwise. Standard library only.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = (
    "The browser tests need Chromium or Chrome on the PATH. Debian, Ubuntu: sudo apt-get install chromium; "
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


def install() -> str | None:
    """Install Debian's package; what apt says is shown only where it fails. Returns the path, or None."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
        if done.returncode and command[1] == "install":
            print(done.stdout[-1000:], done.stderr[-1000:], sep="\n", file=sys.stderr)
    return find()


def launch_arguments() -> list[str]:
    """What Chromium must be told: it has no sandbox for root, and containers have little shared memory."""
    return ["--no-sandbox", "--disable-dev-shm-usage"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def main() -> None:
    """Make sure that there is one, if this user may; never an error, the tests themselves say what is missing."""
    if find() is not None:
        return
    if may_install():
        print("Installing Chromium for the browser tests ...")
        if install() is not None:
            return
    print(HOW, file=sys.stderr)


if __name__ == "__main__":
    main()
