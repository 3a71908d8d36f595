"""The dbt project, parsed once for all house rules and compiled once for the lineage test."""

import json

import pytest

from orchestration.settings import Settings
from orchestration.transform import ensure_manifest, run_dbt, target_path
from tests.support.dbt_project import Project
from tests.support.homes import MadeOnce, take_parsed_project


@pytest.fixture(scope="session")
def project(settings: Settings, made_once: MadeOnce) -> Project:
    take_parsed_project(settings, made_once)
    return Project.from_manifest(json.loads(ensure_manifest(settings).read_text()))


@pytest.fixture(scope="session")
def compiled_project(settings: Settings, made_once: MadeOnce) -> Project:
    """The project with the SQL that PostgreSQL gets when everything is built anew."""
    take_parsed_project(settings, made_once)
    result = run_dbt(settings, ["compile", "--full-refresh"])
    assert result.success, result.error or result.failed
    return Project.from_manifest(json.loads((target_path(settings) / "manifest.json").read_text()))
