"""A dbt project that breaks the rules of privacy is not run: the macro that every run begins with, on its own."""

import json
import re
from copy import deepcopy
from typing import Any

import pytest
from jinja2 import Environment

from orchestration.release.tables.project import project_problems
from orchestration.settings import PROJECT_DIR
from tests.support.dbt_project import Project, name_of

MACRO = PROJECT_DIR / "dbt_project" / "macros" / "core" / "scopes" / "check_project.sql"


class RefusedError(Exception):
    pass


class Exceptions:
    @staticmethod
    def raise_compiler_error(message: str) -> None:
        raise RefusedError(message)


def check(nodes: dict[str, Any], sources: dict[str, Any] | None = None) -> None:
    """Run the macro as dbt does, with a graph of these nodes and sources, and an environment that says nothing."""
    template = Environment(extensions=["jinja2.ext.do"]).from_string(MACRO.read_text() + "{{ check_project() }}")
    graph = {"nodes": nodes, "sources": sources or {}}
    template.render(execute=True, graph=graph, exceptions=Exceptions, env_var=lambda _name, default: default)


@pytest.fixture(scope="module")
def nodes_in_writing(project: Project) -> str:
    return json.dumps({str(node["unique_id"]): node for node in [*project.models, *project.seeds]})


@pytest.fixture
def nodes(nodes_in_writing: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(nodes_in_writing)
    return found


def model(nodes: dict[str, Any], name: str) -> dict[str, Any]:
    return next(node for node in nodes.values() if name_of(node) == name)


@pytest.fixture
def sources(project: Project) -> dict[str, Any]:
    return deepcopy(dict(project.sources))


def test_a_feed_without_a_step_of_the_balance_sheet_is_named(nodes: dict[str, Any], sources: dict[str, Any]) -> None:
    """Its rows could vanish on the way, and the books would close."""
    pupils = next(source for source in sources.values() if name_of(source) == "pupils")
    sources["source.of.visits"] = {**deepcopy(pupils), "name": "visits"}
    with pytest.raises(RefusedError, match=r'the feed visits has no lines of the balance sheet for "raw to canonical"'):
        check(nodes, sources)


def test_a_step_that_no_line_reads_is_named(nodes: dict[str, Any], sources: dict[str, Any]) -> None:
    people = model(nodes, "control_balance_of_people")["unique_id"]
    model(nodes, "control_balance_lines")["depends_on"]["nodes"].remove(people)
    with pytest.raises(RefusedError, match=r"the feed enrolments has no lines of the balance sheet"):
        check(nodes, sources)


def test_a_further_step_of_a_contract_is_asked_for(nodes: dict[str, Any], sources: dict[str, Any]) -> None:
    model(nodes, "control_balance_of_pupil_months")["config"]["meta"].pop("balances")
    with pytest.raises(RefusedError, match=r'the feed attendance has no lines .* for "canonical to pupil months"'):
        check(nodes, sources)


def test_the_project_as_it_is_may_run(nodes: dict[str, Any], project: Project) -> None:
    check(nodes, project.sources)
    assert project_problems({"nodes": nodes, "sources": project.sources}) == []


def both_refuse(nodes: dict[str, Any], sources: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        check(nodes, sources)
    assert any(re.search(words, problem) for problem in project_problems({"nodes": nodes, "sources": sources}))


@pytest.mark.parametrize(
    ("name", "column", "privacy"),
    [
        ("pseudonymised_pupil_years", "stage", "public"),
        ("canonical_pupils", "sex", "public"),
        ("stg_seemis__pupils", "looked_after", "public"),
        ("deliveries", "reason", "public"),
    ],
)
def test_a_class_that_falls_without_a_reason_is_named(
    nodes: dict[str, Any], project: Project, name: str, column: str, privacy: str
) -> None:
    changed = model(nodes, name)
    changed["columns"][column]["config"] = {"meta": {"privacy": privacy}}
    changed["columns"][column]["meta"] = {}
    for meta in (changed["config"]["meta"], changed["meta"]):
        meta.pop("privacy_reasons", None)
    both_refuse(nodes, project.sources, rf"{name}\.{column}: its privacy class falls from")
    changed["columns"][column]["config"]["meta"]["privacy_reason"] = "a reason that somebody wrote down"
    problems = project_problems({"nodes": nodes, "sources": project.sources})
    assert not any(problem.startswith(f"{name}.{column}: its privacy class") for problem in problems)


@pytest.mark.parametrize("strategy", ["merge", "delete+insert", "append", None])
def test_a_strategy_that_notes_no_changes_is_named(
    nodes: dict[str, Any], project: Project, strategy: str | None
) -> None:
    model(nodes, "canonical_pupils")["config"]["incremental_strategy"] = strategy
    words = rf"canonical_pupils: incremental_strategy {re.escape(str(strategy))} notes no changes"
    both_refuse(nodes, project.sources, words)


def test_a_reason_for_nothing_is_named(nodes: dict[str, Any], project: Project) -> None:
    model(nodes, "school_openings")["config"]["meta"]["privacy_reasons"] = {"a reason for that": ["nowhere"]}
    problems = project_problems({"nodes": nodes, "sources": project.sources})
    assert any("school_openings" in problem and "nowhere" in problem for problem in problems)


@pytest.mark.parametrize("mart", ["attendance_by_school_sex", "schools", "attendance_codes"])
def test_a_mart_that_is_not_declared_any_more_is_named(nodes: dict[str, Any], project: Project, mart: str) -> None:
    found = next(node for node in nodes.values() if mart in (node["name"], node.get("alias")))
    del found["config"]["meta"]["release"]
    problems = project_problems({"nodes": nodes, "sources": project.sources})
    assert any(mart in problem for problem in problems)


def test_a_column_without_a_privacy_class_is_named(nodes: dict[str, Any]) -> None:
    column = model(nodes, "canonical_pupils")["columns"]["sex"]
    column["config"], column["meta"] = {}, {}
    with pytest.raises(RefusedError, match=r"canonical_pupils\.sex has no privacy class"):
        check(nodes)


def test_a_direct_identifier_past_canonical_is_named(nodes: dict[str, Any]) -> None:
    column = model(nodes, "pseudonymised_pupil_years")["columns"]["stage"]
    column["config"] = {"meta": {"privacy": "direct_identifier"}}
    with pytest.raises(RefusedError, match=r"pseudonymised_pupil_years\.stage is a direct identifier"):
        check(nodes)


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("pseudonymised_pupil_years", "stg_seemis__pupils"),
        ("attendance_by_school_year", "canonical_pupils"),
        ("attendance_by_school_year", "stg_vault__tokens"),
    ],
)
def test_a_layer_left_out_is_named(nodes: dict[str, Any], name: str, parent: str) -> None:
    model(nodes, name)["depends_on"]["nodes"].append(model(nodes, parent)["unique_id"])
    with pytest.raises(RefusedError, match=rf"{name} \(\w+\) stands on {parent}"):
        check(nodes)


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("canonical_pupils", lambda meta: meta.update(graim=meta.pop("grain")), r"meta\.graim is no .*mean grain\?"),
        ("canonical_pupils", lambda meta: meta.update(grain=["scn_"]), r"meta\.grain names scn_, .*known are"),
        ("canonical_calendar", lambda meta: meta.update(month_column="opening_dat"), r"did you mean opening_date\?"),
        ("control_freshness", lambda meta: meta.update(scope_colums=[]), r"is no key .*did you mean scope_columns\?"),
        ("control_freshness", lambda meta: meta.update(also_follow=["ledgr"]), r"'ledgr'; .*did you mean ledger\?"),
        ("control_freshness", lambda meta: meta.update(also_follow="ledger"), r"is 'ledger'; it has to be a list"),
        ("control_balance_of_people", lambda meta: meta.update(balances={"file to row": "all"}),
         r"has the step 'file to row', for which no contract asks; known are .*did you mean file to raw\?"),
        ("control_balance_of_pupil_months", lambda meta: meta.pop("balances"),
         r"attendance\.yml: balance names the step 'canonical to pupil months', for which no model has lines"),
        ("data_freshness", lambda meta: meta.update(release={**meta["release"], "stmps": []}),
         r"meta\.release\.stmps is not read by anything; .*did you mean stamps\?"),
        ("stages", lambda meta: meta.update(privacy="publik"), r"is 'publik'; known .*mean public\?"),
    ],
)  # fmt: skip
def test_a_slip_under_meta_is_named_with_its_model_and_what_is_allowed(
    nodes: dict[str, Any], project: Project, name: str, change: Any, says: str
) -> None:
    """A key that nothing reads would be ignored, and what it was to say would not hold."""
    changed = model(nodes, name)
    changed["meta"] = {}
    change(changed["config"]["meta"])
    problems = project_problems({"nodes": nodes, "sources": project.sources})
    assert any(re.search(says, problem) for problem in problems), problems
    assert all(problem.startswith((name, "attendance.yml: ")) for problem in problems), problems


@pytest.mark.parametrize(
    ("meta", "says"),
    [
        ({"privacy": "qasi_identifier"}, r"known are public, .*did you mean quasi_identifier\?"),
        ({"privcy": "public"}, r"_pupils: sex\.config\.meta\.privacy is missing; .*is privcy a slip"),
        ({"privacy": "quasi_identifier", "unit": 5}, r"sex\.config\.meta\.unit is 5; it has to be text"),
    ],
)  # fmt: skip
def test_a_slip_of_a_column_is_named(nodes: dict[str, Any], project: Project, meta: dict[str, str], says: str) -> None:
    column = model(nodes, "canonical_pupils")["columns"]["sex"]
    column["config"], column["meta"] = {"meta": meta}, {}
    problems = project_problems({"nodes": nodes, "sources": project.sources})
    assert any(re.search(says, problem) for problem in problems), problems
