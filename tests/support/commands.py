"""Commands as the documentation shows them: lines of fenced blocks, and commands named within sentences."""

import re
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import PROJECT_DIR

PAGES = [PROJECT_DIR / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
PAGES += sorted((PROJECT_DIR / "docs").glob("*.md"))
SHELLS = ("sh", "bash", "console", "text", "")
"""Languages of blocks in which commands may stand; ``sh`` are those that a test runs."""
_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_PROGRAM = re.compile(
    r"(\w+=\S+ )*(\.venv/bin/\S+|warehouse|make|dagster\S*|python\S*|pytest|pip|podman|systemctl|"
    r"useradd|groupadd|install|git|cd|cp|sha256sum|wc|tail|psql|createdb|export|\.|source|[\d*]+ [\d*]+ \* \* \*)( |$)"
)


@dataclass(frozen=True)
class Command:
    """A line of a fenced block: in which page, in a block of which language, and what a reader copies."""

    page: str
    language: str
    line: str


def _lines(block: str) -> list[str]:
    """Lines as a shell takes them: continued ones joined, without prompts and remarks."""
    found = []
    for line in block.replace("\\\n", " ").splitlines():
        plain = re.sub(r"\s+# .*$", "", line.strip().removeprefix("$ "))
        found.append(re.sub(r" {2,}", " ", plain))
    return [line for line in found if line]


def commands() -> list[Command]:
    """Every command of every fenced block, in the order in which a reader meets them."""
    return [
        Command(page.name, language, line)
        for page in PAGES
        for language, block in _BLOCK.findall(page.read_text())
        if language in SHELLS
        for line in _lines(block)
        if language == "sh" or _PROGRAM.match(line)
    ]


def queries() -> list[tuple[str, str]]:
    """Every query of every fenced block of SQL, with its page."""
    return [
        (page.name, query.strip())
        for page in PAGES
        for language, block in _BLOCK.findall(page.read_text())
        if language == "sql"
        for query in block.split(";")
        if query.strip()
    ]


def named_within_sentences(program: str) -> list[tuple[str, str]]:
    """What stands in single backticks and begins with a program, with its page."""
    return [
        (page.name, " ".join(found.split()))
        for page in (*PAGES, PROJECT_DIR / "CHANGELOG.md")
        for found in re.findall(rf"(?<!`)`({program} [^`]+)`(?!`)", _BLOCK.sub("", page.read_text()))
    ]


def targets(makefile: Path = PROJECT_DIR / "Makefile") -> set[str]:
    """Targets of the Makefile that a person may call."""
    return set(re.findall(r"^([a-z-]+):.*## ", makefile.read_text(), re.MULTILINE))
