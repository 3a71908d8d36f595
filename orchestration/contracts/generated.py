"""Files made from the contracts: raw tables, dbt sources, staged models, dictionary, layouts. Never edited by hand."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from orchestration.contracts.contents import feeds_sql
from orchestration.contracts.dictionary import dictionary_pages
from orchestration.contracts.layouts import with_layouts
from orchestration.contracts.loader import load_contracts
from orchestration.contracts.model import Contract
from orchestration.contracts.raw_tables import raw_tables_sql
from orchestration.contracts.sources import sources_yaml
from orchestration.contracts.staged import MARK, staged_models
from orchestration.settings import Settings

RAW_TABLES = Path("orchestration/database/ddl/raw.sql")
SOURCES = Path("dbt_project/models/staged/_sources.yml")
FEEDS = Path("dbt_project/macros/core/feeds/feeds.sql")
STAGED = Path("dbt_project/models/staged/seemis")
DICTIONARY = Path("docs/dictionary")
LAYOUTS = Path("docs/deliveries.md")


def generated_files(contracts: Mapping[str, Contract], project_dir: Path) -> Mapping[Path, str]:
    """Content of every generated file, by its path below the project."""
    pages = {DICTIONARY / name: text for name, text in dictionary_pages(contracts).items()}
    page = (project_dir / LAYOUTS).read_text(encoding="utf-8")
    return {
        RAW_TABLES: raw_tables_sql(contracts),
        SOURCES: sources_yaml(contracts, project_dir),
        LAYOUTS: with_layouts(page, contracts, project_dir / "seeds"),
        FEEDS: feeds_sql(contracts),
        **{STAGED / name: text for name, text in staged_models(contracts).items()},
        **pages,
    }


def write_generated(settings: Settings, check: bool = False) -> list[Path]:
    """Write the generated files that differ from the contracts, or with ``check`` only say which ones do.

    Out: their paths below the project; pages of feeds that are gone are among them and are removed.
    """
    wanted = generated_files(load_contracts(), settings.project_dir)
    changed = []
    for path, text in wanted.items():
        target = settings.project_dir / path
        if target.is_file() and target.read_text(encoding="utf-8") == text:
            continue
        changed.append(path)
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    for target in _made_before(settings.project_dir):
        path = target.relative_to(settings.project_dir)
        if path not in wanted:
            changed.append(path)
            if not check:
                target.unlink()
    return changed


def _made_before(project_dir: Path) -> Iterator[Path]:
    """Pages and staged models that were made from contracts, of feeds that are gone too."""
    yield from sorted((project_dir / DICTIONARY).glob("*.md"))
    for path in sorted((project_dir / STAGED).glob("stg_seemis__*")):
        if MARK in path.read_text(encoding="utf-8"):
            yield path
