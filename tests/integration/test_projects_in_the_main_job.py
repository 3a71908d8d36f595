"""Researchers' projects as a user runs them: declared, built by the main job, read, the same after a rebuild, ended."""

import re
from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest

from orchestration.access import new_login_password
from orchestration.database import connect
from orchestration.projects import list_projects, offer
from orchestration.settings import PROJECT_DIR, Settings
from tests.support.lined_up import found_by_lists
from tests.support.logins import connected
from tests.support.main_job import run_plainly, warehouse
from tests.support.privileges import surprises_in
from tests.support.projects_world import forget_projects

CREATE = (
    "project", "create", "job_study", "--authority", "Clackmannanshire", "--purpose", "Attendance by stage",
    "--owner", "Dr R Jones", "--subject", "attendance", "--columns",
    "stage,sex,age,deprivation,ethnicity,school,openings_attended", "--reason", "school=schools are compared",
    "--until", "2099-06-30",
)  # fmt: skip
LOGIN = ("access", "login", "r_study", "--role", "researcher", "--project", "job_study", "--until", "2099-06-30")


@pytest.fixture(scope="module")
def study(released: Settings) -> Iterator[Settings]:
    """A project of the demonstration's council, built by one run; as if it had never been afterwards."""
    forget_projects(released)
    made = warehouse(released, *CREATE)
    assert made.code == 0, made.errors
    assert "stands as declared" in warehouse(released, *CREATE).output
    given = warehouse(released, *LOGIN)
    assert given.code == 0, given.errors
    assert "reads the project job_study of S12000005" in given.output
    with connect(released, "auditor") as connection:
        assert connection.execute("select count(*) from control.project_measures").fetchone() == (0,)
    run_plainly(released)
    new_login_password(released, "r_study", "a-login-of-the-tests")
    yield released
    forget_projects(released)


def read(settings: Settings) -> dict[object, tuple[object, ...]]:
    with connected(settings, "r_study") as connection:
        rows = connection.execute("select * from research.pupils").fetchall()
    return {row[0]: row[1:] for row in rows}


def test_the_extract_is_there_and_nobody_in_it_is_like_fewer_than_five(study: Settings) -> None:
    found = read(study)
    assert len(found) > 5000
    assert min(Counter(found.values()).values()) >= offer().smallest_group
    (listed,) = list_projects(study)
    assert listed["unique_before"] > 0.05
    assert listed["unique_after"] == 0
    assert listed["pupils"] - listed["withheld"] == len(found)
    assert listed["withheld"] < offer().smallest_group


def test_queries_of_the_guide_return_rows(study: Settings) -> None:
    guide = (PROJECT_DIR / "docs" / "researchers.md").read_text()
    queries = [
        query for block in re.findall(r"^```\n(select.*?)^```", guide, re.M | re.S) for query in block.split(";")
    ]
    assert len(queries) > 2
    with connected(study, "r_study") as connection:
        for query in filter(str.strip, queries):
            assert connection.execute(query.encode()).fetchall(), query


def test_openings_add_up_to_those_of_the_layers_for_the_pupils_of_the_extract(study: Settings) -> None:
    with connected(study, "r_study") as connection:
        mine = connection.execute("select sum(openings_attended) from research.attendance_months").fetchone()
    with connect(study, "transformer") as connection:
        all_of_them = connection.execute(
            "select sum(openings_attended) from pseudonymised.attendance_pupil_months "
            "where local_authority_code = 'S12000005'"
        ).fetchone()
    assert mine is not None
    assert all_of_them is not None
    (listed,) = list_projects(study)
    assert all_of_them[0] - 200 * listed["withheld"] <= mine[0] <= all_of_them[0]


def test_a_rebuild_and_another_release_change_no_token(study: Settings) -> None:
    before = read(study)
    done = warehouse(study, "run", "--full-refresh", "--json")
    assert done.code in {0, 3}, done.output[-2000:] + done.errors[-2000:]
    assert read(study) == before
    with connect(study, "transformer") as connection:
        layers = {row[0] for row in connection.execute("select pupil_token from pseudonymised.pupil_years").fetchall()}
    assert not layers & set(before)
    assert found_by_lists(study) == []  # rule 6, after a rebuild too
    assert surprises_in(study) == []


def test_after_the_end_nothing_is_read_and_nothing_is_left(study: Settings) -> None:
    done = warehouse(study, "project", "end", "job_study", "--reason", "the report is out")
    assert done.code == 0, done.errors
    assert "nothing of it can be read from now on" in " ".join(done.output.split())
    assert "r_study" in done.output
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="job_study was ended on"):
        read(study)
    assert warehouse(study, "project", "list", "--json").json() == []
    (row,) = warehouse(study, "project", "list", "--all", "--json").json()
    assert (row["state"], row["logins"]) == ("ended", "r_study")
    assert warehouse(study, "project", "end", "job_study", "--reason", "again").code == 1
