"""Pieces of work that processes beside a release are given by tests."""

import os
import time

from orchestration.release.limits import check


def who_after(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def number_after(text: str) -> int:
    time.sleep(0.2)
    if not text.isdigit():
        raise ValueError(text)
    return int(text)


def endless(_number: int) -> None:
    while True:
        check()
        time.sleep(0.01)


def dies_elsewhere(parent: int) -> None:
    time.sleep(0.2)
    if os.getpid() != parent:
        os._exit(1)


def secrets_after(seconds: float) -> tuple[int, list[str]]:
    time.sleep(seconds)
    return os.getpid(), sorted(name for name in os.environ if name.startswith(("WAREHOUSE_", "PG", "DBT_")))


def no_copy_after(seconds: float) -> object:
    time.sleep(seconds)
    return lambda: seconds
