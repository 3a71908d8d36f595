"""What must not be in the repository: paths of one machine, hosts of registries, addresses in lock files."""

import configparser
import os
import re
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from orchestration.settings import PROJECT_DIR

PUBLIC = {"pypi.org", "files.pythonhosted.org", "registry.npmjs.org"}
# Written in pieces, or this file would be the first to break its own rule.
MACHINE_PATH = re.compile("(?<![\\w.])/" + "(?:root|home/[a-z]|Users/[a-z]|work" + "|tmp/[a-z])[\\w./-]*")
INDEX_OPTION = re.compile("--(?:extra-)?" + "index-url|--find" + "-links|" + r"registry\s*=\s*https?:")
GENERATED = (".lock", ".csv", ".json", ".svg", ".png")


def _git(*arguments: str) -> str:
    """What git says, also of a folder that is another user's; its error is one here, or nothing would be looked at."""
    command = ["git", "-c", "safe.directory=*", *arguments]
    return subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=True).stdout


def tracked_files() -> list[Path]:
    """Files of the checkout; of an unpacked archive those that git would not ignore."""
    if (PROJECT_DIR / ".git").exists():
        listed = _git("ls-files", "-z")
    else:
        with tempfile.TemporaryDirectory() as folder:
            _git("init", "--quiet", "--bare", folder)
            place = (f"--git-dir={folder}", f"--work-tree={PROJECT_DIR}")
            listed = _git(*place, "ls-files", "-z", "--others", "--exclude-standard")
    found = [PROJECT_DIR / name for name in listed.split("\0") if name and (PROJECT_DIR / name).is_file()]
    assert found, "there is no file to look at"
    return found


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def registry_hosts() -> set[str]:
    """Hosts that this machine installs packages from, unless they are the public ones."""
    addresses = [value for name, value in os.environ.items() if "INDEX" in name or "REGISTRY" in name]
    for path in (Path("/etc/pip.conf"), Path.home() / ".pip/pip.conf", Path.home() / ".config/pip/pip.conf"):
        if path.is_file():
            config = configparser.RawConfigParser()
            config.read(path)
            addresses += [
                value for section in config.sections() for key, value in config.items(section) if "url" in key
            ]
    hosts = {urlsplit(word).hostname for address in addresses for word in address.split()}
    return {host for host in hosts if host and host not in PUBLIC and "." in host}


def test_no_path_of_a_machine() -> None:
    wrong = [
        f"{path.relative_to(PROJECT_DIR)}: {found.group()}"
        for path in tracked_files()
        if not path.name.endswith(GENERATED)
        for found in MACHINE_PATH.finditer(text_of(path))
    ]
    assert not wrong, "paths come from settings or pytest's tmp_path:\n" + "\n".join(wrong)


def test_no_registry_is_named() -> None:
    hosts = registry_hosts()
    wrong = []
    for path in tracked_files():
        text = text_of(path)
        wrong += [f"{path.relative_to(PROJECT_DIR)} names a registry" for host in hosts if host in text]
        if path != Path(__file__) and INDEX_OPTION.search(text):
            wrong.append(f"{path.relative_to(PROJECT_DIR)} chooses a package index")
    assert not wrong, "where packages come from is a matter of the machine:\n" + "\n".join(wrong)


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    locks = [path for path in tracked_files() if path.suffix == ".lock"]
    assert {"requirements.lock", "bootstrap.lock"} <= {path.name for path in locks}
    for path in locks:
        text = text_of(path)
        assert "://" not in text, f"{path.name} holds an address"
        pins = [line for line in text.splitlines() if re.match(r"^[A-Za-z0-9]", line)]
        assert text.count("--hash=sha256:") >= len(pins) > 0, f"{path.name} pins a package without a hash"


def test_nothing_that_holds_secrets_or_state_is_tracked() -> None:
    wrong = [
        str(path.relative_to(PROJECT_DIR))
        for path in tracked_files()
        if path.name == ".env" or path.suffix in {".key", ".pem", ".pyc"} or ".warehouse" in path.parts
    ]
    assert not wrong, f"take these out of git: {wrong}"
