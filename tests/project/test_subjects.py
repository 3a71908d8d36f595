"""Subjects of the project: what waits for its first file, and whose figures rest on what."""

import json
from typing import Any

import pytest

from orchestration.settings import Settings
from orchestration.subjects import own_subject, subjects_on, waiting_models
from orchestration.transform import ensure_manifest
from tests.support.homes import MadeOnce, take_parsed_project

Manifest = dict[str, Any]
DAILY = {"attendance", "pupils", "enrolments", "establishments", "calendar"}


@pytest.fixture(scope="module")
def manifest(settings: Settings, made_once: MadeOnce) -> Manifest:
    take_parsed_project(settings, made_once)
    found: Manifest = json.loads(ensure_manifest(settings).read_text())
    return found


def key(name: str) -> str:
    return f"model.school_data_warehouse.{name}"


def subjects_of(manifest: Manifest, keys: set[str]) -> set[str | None]:
    return {own_subject(manifest["nodes"][one]) for one in keys}


def test_a_subject_waits_for_the_first_file_of_its_feeds(manifest: Manifest) -> None:
    waiting = waiting_models(manifest, DAILY)
    assert subjects_of(manifest, waiting) == {"attainment", "senior_phase"}
    assert key("canonical_cfe_levels") in waiting
    assert "attainment" not in subjects_of(manifest, waiting_models(manifest, {*DAILY, "cfe_levels"}))
    assert not waiting_models(manifest, {*DAILY, "cfe_levels", "leavers"})


def test_nothing_that_is_needed_waits(manifest: Manifest) -> None:
    """The senior phase stands on the recorded needs of attainment; core, attendance and roll wait for nothing."""
    assert key("canonical_support_needs") not in waiting_models(manifest, {*DAILY, "qualifications"})
    assert not subjects_of(manifest, waiting_models(manifest, ())) & {"core", "attendance", "roll"}


def test_what_several_subjects_stand_on_is_of_all_of_them(manifest: Manifest) -> None:
    assert subjects_on(manifest, [key("roll_by_school")]) == {"roll"}
    assert subjects_on(manifest, [key("canonical_cfe_levels")]) == {"attainment"}
    assert {"core", "attendance", "roll"} <= subjects_on(manifest, [key("canonical_pupils")])
    assert "core" in subjects_on(manifest, [key("canonical_marked_months")])
