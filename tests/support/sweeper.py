"""Stops every database below a folder and removes it, once whoever started this is gone.

Run beside the tests, with a pipe from them as standard input: it ends when they do, however they do.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from orchestration.database.process import find_postmaster, is_alive


def sweep(root: Path) -> None:
    for _ in range(3):  # a start that was under way may show up a moment later
        for pid_file in root.rglob("postmaster.pid"):
            running = find_postmaster(pid_file.parent)
            if running is None:
                continue
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.pid, signal.SIGQUIT)
            for _ in range(500):
                if not is_alive(running.pid):
                    break
                time.sleep(0.02)
        shutil.rmtree(root, ignore_errors=True)
        if not root.exists():
            return
        time.sleep(0.2)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdin.read()
    sweep(Path(sys.argv[1]))
