"""A `release.yml` is understood to the last key, or refused with line and what may have been meant (RULES 41)."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from orchestration.release.declared.declaration import DeclarationError, read_declaration
from orchestration.release.declared.figures import figures_of
from orchestration.release.declared.schema import PATH, schema
from orchestration.release.engine.cells import Cell, system_of
from orchestration.release.engine.model import coded
from orchestration.settings import PROJECT_DIR

DECLARED = sorted((PROJECT_DIR / "dbt_project" / "models" / "aggregated").glob("*/release.yml"))
ROLL = PROJECT_DIR / "dbt_project" / "models" / "aggregated" / "roll" / "release.yml"


def changed(folder: Path, before: str, after: str) -> Path:
    text = ROLL.read_text(encoding="utf-8")
    assert before in text
    path = folder / "roll" / "release.yml"
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
        ("population: census", "population: censuses", "is censuses; known are census; did you mean census"),
        ("place: school\n", "place: schol\n", "is schol; known are school, sector; did you mean school"),
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
    ],
)
def test_a_mistake_is_refused_with_line_and_what_was_meant(tmp_path: Path, before: str, after: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said) as error:
        read_declaration(changed(tmp_path, before, after))
    assert "line " in str(error.value)


def test_the_schema_for_editors_is_that_of_the_forms() -> None:
    assert PATH.read_text(encoding="utf-8") == schema(), "write orchestration/release/declared/release.schema.json anew"
    assert json.loads(schema())["additionalProperties"] is False


def test_dbt_does_not_read_declarations() -> None:
    assert "models/**/release.yml" in (PROJECT_DIR / "dbt_project" / ".dbtignore").read_text().splitlines()
    assert yaml.safe_load(ROLL.read_text(encoding="utf-8"))["subject"] == "roll"


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
