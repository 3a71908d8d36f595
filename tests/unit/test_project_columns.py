"""What a project may ask for: coarse unless a reason is given, and nothing that is not known."""

import csv

import pytest

from orchestration.projects import ProjectError, offer
from orchestration.projects.columns import Wanted, wanted_columns
from orchestration.settings import PROJECT_DIR
from orchestration.yaml_files import read_yaml

WHY = "a reason of the tests"


def test_columns_come_coarse() -> None:
    assert wanted_columns([], ["stage", "age", "ethnicity"], {}) == [
        Wanted("age", "bands", None),
        Wanted("ethnicity", "broad", None),
        Wanted("stage", "stage", None),
    ]


def test_a_fine_detail_takes_a_reason() -> None:
    for column in ("age:years", "ethnicity:groups", "deprivation:decile", "school", "looked_after", "free_meals"):
        name = column.partition(":")[0]
        with pytest.raises(ProjectError, match=f'--reason "{name}='):
            wanted_columns([], [column], {})
        with pytest.raises(ProjectError, match="takes a reason"):
            wanted_columns([], [column], {name: "  "})
        assert wanted_columns([], [column], {name: WHY})[0].reason == WHY


def test_amounts_are_of_a_subject() -> None:
    assert wanted_columns(["attendance"], ["openings_late"], {}) == [Wanted("openings_late", "amount", None)]
    with pytest.raises(ProjectError, match="openings_excluded:amount takes a reason"):
        wanted_columns(["attendance"], ["openings_excluded"], {})


@pytest.mark.parametrize(
    ("subjects", "columns", "reasons", "message"),
    [
        ([], [], {}, "name the columns that it needs: ethnicity"),
        ([], ["scn"], {}, "no column 'scn': choose of ethnicity"),
        ([], ["pupil_token"], {}, "no column"),
        ([], ["age:months"], {}, "no detail 'months': choose of years, bands"),
        ([], ["age", "age:bands"], {}, "named twice"),
        ([], ["age"], {"sex": WHY}, "given for sex"),
        ([], ["openings_late"], {}, "name it with --subject attendance"),
        (["attendance"], ["age"], {}, "of the subject attendance no column is named"),
        (["attendance"], ["openings_late:some"], {}, "is an amount"),
        (["attainment"], ["age"], {}, "no subject 'attainment': choose of attendance"),
    ],
)
def test_what_is_not_known_is_answered_with_what_there_is(
    subjects: list[str], columns: list[str], reasons: dict[str, str], message: str
) -> None:
    with pytest.raises(ProjectError, match=message):
        wanted_columns(subjects, columns, reasons)


def _seed(name: str, column: str) -> set[str]:
    with (PROJECT_DIR / "seeds" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return {row[column] for row in csv.DictReader(file)}


def _grouped(column: str, detail: str) -> list[str]:
    values = offer().pupils[column].details[detail].values
    assert values is not None
    return [value for group in values.values() for value in group]


def test_every_value_is_in_one_group() -> None:
    stages = {stage for stage in _seed("stages", "stage") if stage[0] in "PS"}
    assert sorted(_grouped("stage", "group")) == sorted(stages)
    assert sorted(_grouped("ethnicity", "broad")) == sorted(_seed("ethnicity_groups", "ethnicity_group"))
    assert _grouped("age", "bands") == [str(age) for age in range(3, 21)]
    assert _grouped("urban_rural", "three") == list("123456")


@pytest.mark.parametrize("model", ["pupil_years", "attendance_pupil_months"])
def test_what_is_offered_is_there(model: str) -> None:
    (path,) = (PROJECT_DIR / "dbt_project" / "models").rglob(f"pseudonymised_{model}.yml")
    (described,) = read_yaml(path)["models"]
    there = {column["name"] for column in described["columns"]}
    subjects = [subject for subject in offer().subjects.values() if subject.source == model]
    named = {column for subject in subjects for column in subject.columns}
    if model == "pupil_years":
        named = {one.source for column in offer().pupils.values() for one in column.details.values()}
    assert named
    assert named <= there


def test_nothing_that_names_a_pupil_or_a_place_is_offered() -> None:
    assert not {"pupil_token", "pupil_id", "scn", "data_zone_code"} & offer().pupils.keys()
    assert all(one.identifies for name, one in offer().pupils.items() if name not in {"free_meals", "looked_after"})
