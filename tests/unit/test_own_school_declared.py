"""What a head may see exactly is named mart by mart and column by column, and refused unless understood (RULES 47)."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from orchestration.contracts.document import read_document
from orchestration.release.declared.declaration import DeclarationError
from orchestration.release.declared.own_school import NEVER, own_school_disagreements
from orchestration.release.declared.reading import read_declaration
from orchestration.release.tables.declared import MODELS
from orchestration.release.tables.own_school import declared_columns, own_school_problems

YEAR, SECTOR = "attendance_by_school_year", "attendance_by_authority_year"
Found = dict[str, Any]


@pytest.fixture(scope="module")
def attendance() -> Found:
    found: Found = read_document(MODELS / "attendance" / "release.yml").value
    return found


def said(found: Found) -> list[str]:
    return [problem.says for problem in own_school_disagreements(found)]


MISTAKES: dict[str, tuple[Callable[[Found], object], str]] = {
    "no mart of the subject": (lambda own: own.update({"attendance_by_school_yer": ["pupils"]}), "is no mart of this"),
    "a mart of the authority": (lambda own: own.update({SECTOR: ["pupils"]}), "has no row for each school"),
    "a mart of reasons": (lambda own: own.update({"absence_reasons_by_school": ["pupils"]}), "of the name reason"),
    "an unknown column": (lambda own: own[YEAR].append("pupil"), "has pupil"),
    "a key": (lambda own: own[YEAR].append("seed_code"), "has seed_code"),
    "a column twice": (lambda own: own[YEAR].append("pupils"), "has pupils twice"),
    "who stands behind": (lambda own: own[YEAR].append("behind_pupils"), "of the name behind"),
    "why it is withheld": (lambda own: own[YEAR].append("withheld"), "of the name withheld"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_not_understood_is_named(attendance: Found, mistake: str) -> None:
    change, wanted = MISTAKES[mistake]
    found = deepcopy(attendance)
    found["own_school"] = {mart: [*columns] for mart, columns in found["own_school"].items()}
    assert said(found) == []
    change(found["own_school"])
    assert any(wanted in one for one in said(found)), said(found)


def test_exclusions_and_looked_after_status_never_come_in(attendance: Found) -> None:
    for name in ("openings_excluded", "looked_after", "milestones_reached", "exclusion_days"):
        found = deepcopy(attendance)
        found["marts"][YEAR]["stamps"] = [*found["marts"][YEAR]["stamps"], name]
        found["own_school"] = {YEAR: ["pupils", name]}
        assert any(f"has {name}, and nothing" in one for one in said(found))
    names = [name for mart, columns in declared_columns().items() for name in (mart, *columns)]
    assert not [name for name in names if any(part in name for part in NEVER)]


def test_a_wrong_word_stops_the_subject_by_name(tmp_path: Any) -> None:
    folder = tmp_path / "roll"
    folder.mkdir()
    text = (MODELS / "roll" / "release.yml").read_text()
    (folder / "release.yml").write_text(
        text.replace("roll_by_school_sex: [pupils, census_on]", "roll_by_school_sex: 1")
    )
    with pytest.raises(DeclarationError, match=r"own_school\.roll_by_school_sex"):
        read_declaration(folder / "release.yml")


def test_a_column_has_to_be_in_the_model_and_public() -> None:
    keys = ("local_authority_code", "seed_code", "sector", "academic_year")
    named = (*keys, *declared_columns()["roll_by_school_sex"])
    columns = {key: {"meta": {"privacy": "public"}} for key in named}
    model = {"name": "roll_by_school_sex", "resource_type": "model", "columns": columns}
    assert own_school_problems([model]) == []
    without = {**model, "columns": {name: one for name, one in columns.items() if name != "census_on"}}
    assert "names census_on, which the model has not" in own_school_problems([without])[0]
    private = {**model, "columns": {**columns, "pupils": {"meta": {"privacy": "quasi-identifier"}}}}
    assert "would show the column pupils, which is quasi-identifier" in own_school_problems([private])[0]
    nowhere = {**model, "columns": {name: one for name, one in columns.items() if name != "seed_code"}}
    assert "nobody knows whose school it is" in own_school_problems([nowhere])[0]


def test_what_goes_today() -> None:
    """A new mart or column comes in by name alone: it is added here as well, with a thought."""
    assert {mart: len(columns) for mart, columns in declared_columns().items()} == {
        "attainment_by_school": 28,
        "attainment_by_school_stage": 62,
        "attendance_by_school_deprivation": 10,
        "attendance_by_school_month": 9,
        "attendance_by_school_sex": 10,
        "attendance_by_school_stage": 10,
        "attendance_by_school_week": 7,
        "attendance_by_school_weekday": 9,
        "attendance_by_school_year": 10,
        "course_results_by_school": 4,
        "leaver_attainment_by_school": 28,
        "leaver_comparisons_by_school": 31,
        "leaver_destinations_by_school": 16,
        "persistent_absence_by_school": 11,
        "roll_by_school": 8,
        "roll_by_school_deprivation": 2,
        "roll_by_school_sex": 2,
        "roll_by_school_month": 3,
        "roll_by_school_now": 3,
        "roll_by_school_stage": 2,
        "s4_roll_results_by_school": 34,
    }
