"""A `release.yml` is understood to the last key, or refused with line and what may have been meant (RULES 41)."""

import json
from pathlib import Path

import numpy as np
import pytest

from orchestration.release.declared.declaration import DeclarationError
from orchestration.release.declared.figures import figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.declared.schema import PATH, schema
from orchestration.release.engine.cells import Cell, system_of
from orchestration.release.engine.model import coded
from orchestration.release.thresholds import SMALL_COHORT
from orchestration.settings import PROJECT_DIR
from orchestration.yaml_files import read_yaml

DECLARED = sorted((PROJECT_DIR / "dbt_project" / "models" / "aggregated").glob("*/release.yml"))
ROLL = PROJECT_DIR / "dbt_project" / "models" / "aggregated" / "roll" / "release.yml"


ATTAINMENT = ROLL.parent.with_name("attainment") / "release.yml"


def changed(folder: Path, before: str, after: str, original: Path = ROLL) -> Path:
    text = original.read_text(encoding="utf-8")
    assert before in text
    path = folder / original.parent.name / "release.yml"
    path.parent.mkdir()
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", DECLARED, ids=lambda path: path.parent.name)
def test_every_declaration_is_understood(path: Path) -> None:
    assert read_declaration(path).subject == path.parent.name


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("measures: {pupils: {kind: count}}", "measures: {pupils: {kind: cuont}}", "did you mean count"),
        ("    by: [stage]\n", "    bye: [stage]\n", "marts.roll_by_school_stage.bye is no key that is known here"),
        ("by: [stage]", "by: [stages]", "is stages; known are .*; did you mean stage"),
        ("population: census", "population: censuses", "is censuses; known are census, .*; did you mean census"),
        ("place: school\n", "place: schol\n", "is schol; known are school, sector, authority; did you mean school"),
        ("kind: part\n    column: sex", "kind: part\n    column: stage", "has the column stage twice"),
        ("values: [registered]}", "values: [regstered]}", "has regstered; known are .*; did you mean registered"),
        ('rest: ["3", "4", "5", unknown]', 'rest: ["3", "4", "5"]', "has to have unknown in one group"),
        ('second_fifth: ["2"]', 'second_fifth: ["2", "3"]', "has to have 3 in one group, and in one only"),
        ("numerator: pupils,", "numerator: pupil,", "is pupil; known are .*; did you mean pupils"),
        ("hidden_with: pupils}", "hidden_with: pupls}", "is pupls; known are .*; did you mean pupils"),
        ("shown: at_dates, ", "shown: each_night, ", "says dates where it is shown at_dates, and only there"),
        ("subject: roll", "subject: rolls", "is rolls, and the file lies in the folder roll"),
        ("          special: [SP]\n", "          special: [SPP]\n", "has SPP; known are .*; did you mean SP"),
        ("listed_in: roll_by_school}", "listed_in: roll_by_shool}", "did you mean roll_by_school"),
        ("dimensions: [stage, sex,", "dimensions: [stage, sexx,", "has sexx; known are .*; did you mean sex"),
        ('dates: ["12-31"', 'dates: ["31-12"', "has to be month and day such as '12-31'"),
        ("    place: school\n    by: [stage]", "    by: [stage]", "marts.roll_by_school_stage.place is missing"),
        ("changes_of: month_ends", "changes_of: month_end", "is month_end; known are .*; did you mean month_ends"),
        ("changes_of: month_ends", "changes_of: today", "is today, whose period is not the same"),
        ("  - {name: authority, columns: []}\n", "", "needs a last place without columns"),
    ],
)
def test_a_mistake_is_refused_with_line_and_what_was_meant(tmp_path: Path, before: str, after: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said) as error:
        read_declaration(changed(tmp_path, before, after))
    assert "line " in str(error.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("kind: result", "kind: reslut", "did you mean result"),
        ("kind: gap", "kind: gep", "did you mean gap"),
        ("share: reading_share", "share: reading_shore", "is reading_shore; known are .*; did you mean reading_share"),
        (
            "in_mart: attainment_by_sector_deprivation",
            "in_mart: attainment_by_sector_deprivaton",
            "did you mean attainment_by_sector_deprivation",
        ),
        ("in_mart: attainment_by_sector_deprivation", "in_mart: attainment_by_school", "is not by simd_quintile"),
        ('ends: ["1", "5"]', 'ends: ["1", "6"]', "has 6; known are 1, 2, 3, 4, 5, unknown"),
        ('ends: ["1", "5"]', 'ends: ["1", "1"]', "has to be two values"),
        ("between: simd_quintile", "betwen: simd_quintile", "did you mean between"),
        ("values: [achieved]}", "values: [acheived]}", "did you mean achieved"),
        ("banded, share: reading_share", "banded, share: reading_achieved", "did you mean reading_share"),
        (
            "share: reading_share, hidden_with: reading_achieved",
            "share: reading_share, hidden_with: reading_cohort",
            "has to be reading_achieved, with which reading_share is hidden",
        ),
        ("column: asked_in_english", "column: asked_in_englsh", "did you mean asked_in_english"),
        ("measures: [numeracy_cohort]", "measures: [numeracy_cohorts]", "did you mean numeracy_cohort"),
        ("measures: [numeracy_cohort]", "measures: [reading_share]", "has reading_share"),
        ('of_few_places: ["1", "2"]', 'of_few_places: ["1", "6"]', "has 6; known are 1, 2, 3, 4, 5, unknown"),
        (
            "attainment_by_school_stage: roll",
            "attainment_by_scool_stage: roll",
            "did you mean attainment_by_school_stage",
        ),
    ],
)
def test_a_mistake_in_results_and_gaps_is_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        read_declaration(changed(tmp_path, before, after, ATTAINMENT))


def test_a_gap_is_told_by_both_of_its_ends_and_their_cohorts() -> None:
    declaration = read_declaration(ATTAINMENT)
    figures = figures_of(declaration, "returned", [("5700000", "primary")], 20)
    cells = figures.cell(declaration.marts["attainment_by_sector"], "reading_gap", {"sector": "primary"})
    of = "sector/deprivation/reading"
    assert [(cell.table, cell.groups) for cell in cells] == [
        (f"{of}.reading=achieved", ("1", "achieved")), (f"{of}.reading_judged=judged", ("1", "judged")),
        (f"{of}.reading=achieved", ("5", "achieved")), (f"{of}.reading_judged=judged", ("5", "judged")),
    ]  # fmt: skip


def test_results_of_small_cohorts_are_as_the_attainment_models_have_them() -> None:
    variables = read_yaml(PROJECT_DIR / "dbt_project" / "dbt_project.yml")["vars"]
    assert variables["attainment_small_cohort"] == SMALL_COHORT
    figures = figures_of(read_declaration(ATTAINMENT), "returned", [("5700000", "primary")], 20)
    few = {name for name, dimension in figures.model.dimensions.items() if dimension.fewest}
    assert few == set(figures.model.dimensions) - {"place", "stage", "deprivation"}
    assert figures.model.dimensions["reading"].fewest == SMALL_COHORT + 1


def test_the_schema_for_editors_is_that_of_the_forms() -> None:
    assert PATH.read_text(encoding="utf-8") == schema(), "write orchestration/release/declared/release.schema.json anew"
    assert json.loads(schema())["additionalProperties"] is False


def test_dbt_does_not_read_declarations() -> None:
    assert "models/**/release.yml" in (PROJECT_DIR / "dbt_project" / ".dbtignore").read_text().splitlines()
    assert read_yaml(ROLL)["subject"] == "roll"


def test_every_key_is_explained() -> None:
    page = (PROJECT_DIR / "docs" / "disclosure-control.md").read_text(encoding="utf-8")
    keys: set[str] = set()

    def walk(form: object) -> None:
        if isinstance(form, dict):
            for key, inner in form.get("properties", {}).items():
                keys.add(key)
                walk(inner)
            walk(form.get("items"))
            walk(form.get("additionalProperties"))

    walk(json.loads(schema()))
    missing = sorted(key for key in keys if f"`{key}`" not in page)
    assert not missing, f"docs/disclosure-control.md does not explain {missing}"


def test_figures_of_a_row_are_found_again() -> None:
    declaration = read_declaration(ROLL)
    figures = figures_of(declaration, "census", [("5700000", "primary"), ("5700001", "special")], 20)
    mart = declaration.marts["roll_by_school_deprivation"]
    row = {"seed_code": "5700000", "sector": "primary", "deprivation_group": "rest"}
    assert figures.cell(mart, "pupils", row) == [
        Cell("school/deprivation.deprivation_group", "5700000|primary", ("rest",))
    ]
    mart = declaration.marts["roll_by_school"]
    assert figures.cell(mart, "occupancy", row) == [Cell("school", "5700000|primary", ())]
    assert figures.cell(mart, "pupils_taught_in_gaelic", row) == [
        Cell("school/gaelic=yes", "5700000|primary", ("yes",))
    ]
    columns = {"place": ["5700000|primary"] * 30, "stage": ["P1"] * 20 + ["P6"] * 10, "sex": ["F"] * 30}
    columns |= {"deprivation": ["1"] * 30, "language": ["no"] * 30, "gaelic": ["no"] * 30}
    columns |= {"free_meals": ["not asked"] * 20 + ["registered"] * 10}
    system = system_of(figures.model, coded(figures.model, np.arange(30, dtype=np.int64), columns))
    value = dict(zip(system.cells, system.values.tolist(), strict=True))
    assert value[Cell("school/free_meals=registered", "5700000|primary", ("registered",))] == 10
    assert value[Cell("school/free_meals.free_meals_asked=asked", "5700000|primary", ("asked",))] == 10
    assert value[Cell("school", "5700001|special", ())] == 0
