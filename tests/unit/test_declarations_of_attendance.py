"""Marts of attendance hold rows of several tables and measures of several populations: each finds its figure (41)."""

from pathlib import Path

import pytest

from orchestration.release.declared.declaration import DeclarationError
from orchestration.release.declared.figures import Figures, figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.engine.cells import Cell
from orchestration.settings import PROJECT_DIR

PATH = PROJECT_DIR / "dbt_project" / "models" / "aggregated" / "attendance" / "release.yml"
UNITS = [("5700000", "primary"), ("5700001", "secondary")]


def figures(population: str) -> Figures:
    return figures_of(read_declaration(PATH), population, UNITS, 20)


@pytest.mark.parametrize(
    ("mart", "row", "cell"),
    [
        ("attendance_by_authority_year", {"sector": "primary"}, Cell("sector", "primary", ())),
        ("attendance_by_authority_year", {"sector": "all"}, Cell("authority", "all", ())),
        ("attendance_by_authority_month", {"sector": "all", "month": "2025-10-01"}, Cell("authority", "all", ())),
        ("attendance_by_authority_sex", {"sector": "all", "sex": "F"}, Cell("authority/sex", "all", ("F",))),
        ("attendance_by_school_week", {"seed_code": "5700000", "sector": "primary", "week": "2025-10-06"},
         Cell("school", "5700000|primary", ())),
        ("attendance_by_school_deprivation",
         {"seed_code": "5700000", "sector": "primary", "deprivation_group": "rest"},
         Cell("school/deprivation.deprivation_group", "5700000|primary", ("rest",))),
        ("attendance_by_authority_stage_simd_quintile_month",
         {"sector": "secondary", "stage": "S4", "simd_quintile": "1", "month": "2025-10-01"},
         Cell("sector/deprivation/stage", "secondary", ("1", "S4"))),
    ],
)  # fmt: skip
def test_a_row_of_pupils_finds_its_figure(mart: str, row: dict[str, str], cell: Cell) -> None:
    found = figures("openings")
    assert found.cell(found.declaration.marts[mart], "openings_possible", row) == [cell]


@pytest.mark.parametrize(
    ("breakdown", "value", "measure", "cell"),
    [
        ("sector", "all", "pupils", Cell("authority", "all", ())),
        ("sector", "special", "pupils", Cell("sector", "special", ())),
        ("stage", "P4", "pupils", Cell("authority/stage", "all", ("P4",))),
        ("quintile", "5", "pupils", Cell("authority/deprivation", "all", ("5",))),
        ("stage", "P4", "persistently_absent",
         Cell("authority/absence.persistent_absence/stage=persistent", "all", ("persistent", "P4"))),
        ("sector", "all", "severe_absence_rate", Cell("authority/severe_absence=true", "all", ("true",))),
    ],
)  # fmt: skip
def test_a_row_of_persistent_absence_is_of_the_table_that_it_names(
    breakdown: str, value: str, measure: str, cell: Cell
) -> None:
    found = figures("judged")
    mart = found.declaration.marts["persistent_absence_by_authority"]
    assert found.cell(mart, measure, {"breakdown": breakdown, "value": value}) == [cell]


def test_a_row_that_names_no_table_has_no_figure() -> None:
    found = figures("judged")
    mart = found.declaration.marts["persistent_absence_by_authority"]
    assert found.cell(mart, "pupils", {"breakdown": "sex", "value": "F"}) == []


def test_a_measure_of_another_population_is_told_there_alone() -> None:
    mart = read_declaration(PATH).marts["attendance_by_school_stage"]
    row = {"seed_code": "5700000", "sector": "primary", "stage": "P1"}
    assert "openings_late" not in {measure.name for measure in figures("openings").measures(mart)}
    assert [measure.name for measure in figures("late").measures(mart)] == ["openings_late"]
    split = figures("absences").cell(mart, "openings_not_authorised", row)
    table = "school/split/stage=not_authorised"
    assert split == [Cell(table, "5700000|primary", ("not_authorised", "P1"))]
    assert figures("late").cell(mart, "openings_late", row) == [Cell("school/stage", "5700000|primary", ("P1",))]


@pytest.mark.parametrize(
    ("mart", "row", "cell"),
    [
        ("absence_reasons_by_school", {"seed_code": "5700000", "sector": "primary", "reason": "other_unauthorised"},
         Cell("school/reason.school_reason", "5700000|primary", ("other_unauthorised",))),
        ("absence_reasons_by_authority", {"sector": "all", "reason": "temporary_exclusion"},
         Cell("authority/reason", "all", ("temporary_exclusion",))),
    ],
)  # fmt: skip
def test_a_reason_of_a_school_and_of_the_authority_are_levels_of_one_dimension(
    mart: str, row: dict[str, str], cell: Cell
) -> None:
    found = figures("absences")
    assert found.cell(found.declaration.marts[mart], "pupils", row) == [cell]
    assert "reason" in found.declaration.keys(found.declaration.marts[mart])


def test_half_days_of_absence_are_what_the_attended_ones_leave() -> None:
    found = figures("absences")
    assert {"school", "school/stage", "sector", "sector/deprivation/stage"} <= found.left
    tables = {table.name: table.is_sum for table in found.model.tables}
    assert tables["school/stage"], "no count of pupils with an absence is shown"
    assert not tables["school/reason.school_reason"]


def test_keys_and_symbols_are_those_that_readers_know() -> None:
    declaration = read_declaration(PATH)
    mart = declaration.marts["persistent_absence_by_authority"]
    assert declaration.keys(mart) == ("local_authority_code", "academic_year", "breakdown", "value")
    assert set(declaration.groups(mart)) == {"bands"}
    assert mart.leaders["severely_absent"] == ("severely_absent",), "the share may be hidden with the pupils alone"
    groups = declaration.groups(declaration.marts["attendance_by_school_year"])
    assert set(groups["openings"]) == {"openings_possible", "openings_attended", "completeness", "attendance_rate"}
    assert groups["absence"] == ("openings_authorised", "openings_not_authorised")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("total: {value: all, place: authority}", "total: {value: all, place: school}", "is no place after this one"),
        ("columns: [sector], total: {value: all, place: authority}}\n  - {name: authority, columns: []}",
         "columns: [sector], total: {value: all, place: authority}}\n  - {name: authority, columns: [sector]}",
         "has to have the columns of this place but for the last"),
        ("    among: openings\n", "    among: judged\n", "is no population before this one; known are openings"),
        ("quintile: simd_quintile}", "quintile: quintile}", "is quintile; known are"),
        ("behind: [behind_pupils,", "behind: [pupils,", "has pupils; known are"),
        ("population: absences\n", "population: absence\n", "is absence; known are"),
        ("leaves: absences", "leaves: judgement", "is judgement, which is no population among openings"),
        ("names: {school_reason: reason}", "names: {reason: reason}", "is no column of by; known are school_reason"),
        ("        values: [authorised]\n        column", "        column", "go with of"),
        ("symbol: late}", "symbols: late}", "is no key that is known here"),
        ("hidden_with: openings_possible}", "hidden_with: openings_possible, symbol: rate}",
         "says nothing where openings_possible says it"),
        ("trial: true", "trial: perhaps", "trial"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    text = PATH.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "attendance" / "release.yml"
    path.parent.mkdir()
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(DeclarationError, match=said):
        read_declaration(path)
