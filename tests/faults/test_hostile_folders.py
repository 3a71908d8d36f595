"""Folders and manifests that nobody should send: each is refused at once, by name and once, and stops no other."""

import gzip
import io
import json
import os
import resource
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.landing import (
    LandingFolderMissingError,
    discover,
    land_delivery,
    left_aside,
    pending,
)
from orchestration.settings import PROJECT_DIR, Settings
from tests.support.extracts import CLACKMANNANSHIRE, deliver, extract, marks
from tests.support.landings import emptied, ledger
from tests.support.main_job import warehouse as command

GOOD = extract("attendance", marks())
BAD_DAY, GOOD_DAY = "2025-09-03", "2025-09-04"


@pytest.fixture
def warehouse(emptied_warehouse: Settings) -> Settings:
    return emptied(emptied_warehouse)


@dataclass(frozen=True)
class Hostile:
    name: str
    spoil: Callable[[Path], object]
    says: str


def manifest_of(folder: Path) -> dict[str, object]:
    return dict(json.loads((folder / "manifest.json").read_text()))


def write(folder: Path, **changed: object) -> None:
    text = json.dumps({**manifest_of(folder), **changed}, ensure_ascii=True)
    (folder / "manifest.json").write_text(text)


def entry(folder: Path, **changed: object) -> None:
    files = manifest_of(folder)["files"]
    assert isinstance(files, list)
    write(folder, files=[{**files[0], **changed}])


def instead(name: str, make: Callable[[Path], object]) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return spoil


def device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # never ends
    except PermissionError:
        pytest.skip("only root makes devices")


def sparse(size: int) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return make


def folder_becomes_a_link(folder: Path) -> None:
    folder.rename(folder.parent.parent / "elsewhere")
    folder.symlink_to(folder.parent.parent / "elsewhere")


MANY = [{"feed": f"f{at}", "name": f"f{at}.csv"} for at in range(60_000)]
HOSTILE = [
    Hostile("a pipe as manifest", instead("manifest.json", os.mkfifo), "a pipe"),
    Hostile("a device as manifest", instead("manifest.json", device), "a device"),
    Hostile("a link to a device as manifest",
            instead("manifest.json", lambda path: path.symlink_to("/dev/zero")), "a link"),
    Hostile("a link to nowhere as manifest",
            instead("manifest.json", lambda path: path.symlink_to("nowhere")), "a link"),
    Hostile("a folder as manifest", instead("manifest.json", Path.mkdir), "a folder"),
    Hostile("a manifest of a gigabyte", instead("manifest.json", sparse(1024**3)), "1,073,741,824 bytes"),
    Hostile("a manifest as deep as it is long",
            lambda folder: (folder / "manifest.json").write_text("[" * 3_000_000), "nested deeper"),
    Hostile("a pipe as file", instead(GOOD.name, os.mkfifo), "attendance.csv is a pipe"),
    Hostile("a device as file", instead(GOOD.name, device), "attendance.csv is a device"),
    Hostile("a link as file", instead(GOOD.name, lambda path: path.symlink_to("/dev/zero")),
            "attendance.csv is a link"),
    Hostile("a link as folder", folder_becomes_a_link, "the folder is a link"),
    Hostile("60,000 files", lambda folder: write(folder, files=MANY), "60,000 of them"),
    Hostile("20,000 establishments",
            lambda folder: entry(folder, rows_by_establishment=dict.fromkeys(map(str, range(20_000)), 1)),
            "rows_by_establishment"),
    Hostile("NUL in a field", lambda folder: entry(folder, name="attendance\0.csv"), "files.name: holds a NUL"),
    Hostile("NUL in the authority", lambda folder: write(folder, local_authority_code="S12000005\0"), "NUL"),
    Hostile("NUL in supersedes", lambda folder: write(folder, supersedes="S12000005\0/2025-09-01"), "NUL"),
    Hostile("NUL in a name of a field", lambda folder: write(folder, **{"a\0b": 1}), "NUL"),
    Hostile("NUL in a field that nobody knows", lambda folder: write(folder, note=[{"by": "\0"}]), "note.by"),
    Hostile("a lone surrogate in a field", lambda folder: entry(folder, name="\ud800.csv"), "surrogate"),
    Hostile("a lone surrogate in a count",
            lambda folder: entry(folder, rows_by_establishment={"\udfff": 36}), "surrogate"),
    Hostile("a lone surrogate in the environment", lambda folder: write(folder, environment="\ud800"), "surrogate"),
    Hostile("a name of a megabyte", lambda folder: entry(folder, feed="a" * 1_000_000), "1,000,000 characters"),
    Hostile("a number without end",
            lambda folder: (folder / "manifest.json").write_text('{"sequence": ' + "9" * 100_000 + "}"), "not JSON"),
    Hostile("endless times", lambda folder: entry(folder, rows=1e400), "rows"),
    Hostile("bytes that are no text", lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe\x00"), "UTF-8"),
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_it_is_refused_once_and_the_delivery_beside_it_lands(warehouse: Settings, hostile: Hostile) -> None:
    bad, good = deliver(warehouse.landing, [GOOD], BAD_DAY), deliver(warehouse.landing, [GOOD], GOOD_DAY)
    hostile.spoil(warehouse.landing / bad)
    assert [found.delivery_key for found in pending(warehouse)] == [bad, good]
    refused = land_delivery(warehouse, bad)
    assert (refused.outcome, refused.reason) == ("refused", "manifest_invalid")
    assert hostile.says in refused.message
    assert refused.message.startswith(f"{bad} is refused")
    assert len(refused.message) < 1000
    assert land_delivery(warehouse, good).outcome == "landed"
    assert pending(warehouse) == []
    assert ledger(warehouse, "select delivery_key, outcome, reason from control.attempts order by attempt_id") == [
        (bad, "refused", "manifest_invalid"), (good, "landed", None)
    ]  # fmt: skip
    assert ledger(warehouse, "select count(*), count(distinct _file_id) from raw.attendance") == [(36, 1)]


ODD_NAMES = [
    b"2025-09-\xff",
    b"2025-09-03\n",
    b"2025-09-03 (copy)",
    b"a...b",
    b"100%",
    "\uff12\uff10\uff12\uff15-09-03".encode(),
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_folder_of_an_odd_name_is_refused_by_a_name_that_can_be_written(warehouse: Settings, name: bytes) -> None:
    deliver(warehouse.landing, [GOOD], BAD_DAY)
    authority = os.fsencode(warehouse.landing / CLACKMANNANSHIRE)
    os.rename(authority + b"/2025-09-03", authority + b"/" + name)
    good = deliver(warehouse.landing, [GOOD], GOOD_DAY)
    (bad,) = {found.delivery_key for found in pending(warehouse)} - {good}
    assert bad.isprintable()
    assert "..." not in bad  # which Dagster takes in no name of a partition
    assert land_delivery(warehouse, bad).reason == "manifest_invalid"
    assert land_delivery(warehouse, good).outcome == "landed"
    assert pending(warehouse) == []


def test_an_authority_of_an_odd_name_and_one_that_is_a_link_stop_no_other(warehouse: Settings, tmp_path: Path) -> None:
    good = deliver(warehouse.landing, [GOOD], GOOD_DAY)
    os.makedirs(os.fsencode(warehouse.landing) + b"/S12\xff/2025-09-03")
    Path(os.fsdecode(os.fsencode(warehouse.landing) + b"/S12\xff/2025-09-03/manifest.json")).write_text("{}")
    (warehouse.landing / "S12000006").symlink_to(tmp_path)
    (warehouse.landing / "S12000008").symlink_to("nowhere")
    assert [found.delivery_key for found in discover(warehouse)] == ["S12%FF/2025-09-03", good]
    assert land_delivery(warehouse, "S12%FF/2025-09-03").reason == "manifest_invalid"
    (line,) = left_aside(warehouse)
    assert "S12000006 is not read: it is a link" in line


def test_a_landing_folder_that_is_missing_is_an_error_and_an_empty_one_is_not(warehouse: Settings) -> None:
    with pytest.raises(LandingFolderMissingError, match="There is no landing folder"):
        pending(warehouse)
    done = command(warehouse, "run", "--no-build")
    assert done.code == 10
    assert "There is no landing folder" in done.errors
    assert "Traceback" not in done.errors
    warehouse.landing.mkdir()
    assert pending(warehouse) == []


LAND = """
    import re, sys
    from pathlib import Path
    from orchestration.landing import land_delivery
    from orchestration.settings import Settings
    Settings.model_config["env_file"] = None
    result = land_delivery(Settings(home=Path(sys.argv[1])), sys.argv[2])
    status = Path("/proc/self/status").read_text()  # getrusage counts what started this process as well
    most = re.search(r"VmHWM:\\s+(\\d+)", status)
    print(result.files[0].reason, int(most[1]) // 1024)
"""
BOMBS = [
    ("3 GB of rows for 36", b"x,x,x,x,x,x\n" * 80_000, "too_large"),
    ("3 GB of blank rows for 36", b",,,,,\n" * 160_000, "too_large"),
    ("3 GB of empty lines for 36", b"\n" * 1_000_000, "too_large"),
    ("3 GB in one field", b"x" * 1_000_000, "not_readable"),
    ("3 GB of empty columns", b"," * 1_000_000, "not_readable"),
    ("3 GB in quotation marks", b'""' * 500_000, "not_readable"),
]


@pytest.mark.parametrize(("name", "block", "reason"), BOMBS, ids=[name for name, *_ in BOMBS])
def test_what_unpacks_to_far_more_than_is_announced_is_not_read_on(
    warehouse: Settings, name: str, block: bytes, reason: str
) -> None:
    header = GOOD.content.partition(b"\n")[0] + b"\n"
    part = gzip.compress(block, 1)
    packed = io.BytesIO()
    packed.write(gzip.compress(header))
    for _ in range(3_000):  # members of one file, as gzip allows
        packed.write(part)
    bomb = extract("attendance", marks(), compressed=True).holding(packed.getvalue())
    key = deliver(warehouse.landing, [bomb], BAD_DAY)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(LAND), str(warehouse.home), key],
        cwd=PROJECT_DIR, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found, mebibytes = done.stdout.split()
    assert found == reason
    assert int(mebibytes) < 1024
    assert ledger(warehouse, "select count(*) from raw.attendance") == [(0,)]


def test_a_file_larger_than_its_contract_allows_is_not_read(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD, extract("establishments", [])], BAD_DAY)
    with (warehouse.landing / key / GOOD.name).open("ab") as file:
        file.truncate(1024**4)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    places, marked = land_delivery(warehouse, key).files
    assert (places.status, marked.reason) == ("landed", "too_large")
    assert "bytes, and the contract allows" in str(marked.message)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 30
