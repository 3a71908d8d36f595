"""House rules of dbt models: what each says about itself, and what it may stand on."""

import re
from pathlib import Path

from orchestration.release.declared.columns import problems_with
from orchestration.release.tables.declared import declared_marts, trials
from orchestration.settings import PROJECT_DIR
from orchestration.yaml_files import read_yaml
from tests.support.dbt_project import (
    LAYERS,
    PRIVACY_CLASSES,
    Node,
    Project,
    is_table,
    layer_of,
    name_of,
    privacy_of,
    sql_path,
    yaml_path,
)

# What a layer may stand on. Marts see no layer that identifies pupils, control looks at every layer. The ledger's
# own tables, staged as stg_control__*, hold no pupil and may be read anywhere.
MAY_STAND_ON = {
    "staged": {"ledger", "source", "seed", "staged"},
    "canonical": {"ledger", "staged", "canonical", "seed"},
    "pseudonymised": {"ledger", "canonical", "pseudonymised", "seed"},
    "aggregated": {"ledger", "pseudonymised", "aggregated", "control", "seed"},
    "control": {"ledger", "source", "seed", *LAYERS},
}
# The vault is read where a person turns into a token, one layer above the identified ones.
EXCEPTIONS = {("pseudonymised", "stg_vault__tokens")}
# The openings are partitioned: their materialization gives the primary key to each partition, not to the whole.
KEYED_BY_PARTITION = {"openings"}
SUBJECTS = {path.name for path in (PROJECT_DIR / "dbt_project" / "models" / "canonical").iterdir() if path.is_dir()}
SOURCES = {"seemis", "control", "vault"}
SCHEMAS = {layer: layer for layer in LAYERS} | {"aggregated": "aggregated_exact"}
GRAIN_SENTENCE = re.compile(r"One row per [^.]+\.$")
LONGEST_MODEL = 120
LONGER = {
    # each of its three ways in which a day is lost reads the same days; splits when a second model needs one of them
    "canonical_lost_half_days": 300,
    "canonical_half_days_like_others": 160,
    "canonical_identity_issues": 170,  # one branch per kind of case: splits when a subject brings kinds of its own
    "canonical_enrolment_years": 130,
    "canonical_stage_half_days": 130,
    "data_quality": 150,  # one branch per line that the page shows
}
"""Models that are longer, each with how long it may be."""


def broken(rule: str, names: list[str]) -> str:
    return f"{rule}:\n  " + "\n  ".join(sorted(names))


def folders_of(model: Node) -> tuple[str, ...]:
    """Folders below that of the layer: subject (of staged models the source), and what lies in it."""
    return Path(model["path"]).parts[1:-1] or ("",)


def describe(node: Node) -> str:
    return " ".join(str(node["description"]).split())


def kind_of(parent: Node) -> str:
    return "ledger" if name_of(parent).startswith("stg_control__") else layer_of(parent)


def test_every_model_lies_in_a_layer_and_a_subject(project: Project) -> None:
    wrong = [name_of(model) for model in project.models if layer_of(model) not in LAYERS]
    wrong += [
        name_of(model)
        for model in project.models
        if layer_of(model) in LAYERS
        and folders_of(model)[0] not in (SOURCES if layer_of(model) == "staged" else SUBJECTS)
    ]
    assert not wrong, broken("a model lies in the folder of its layer, and there in that of its subject", wrong)


def is_for_readers(model: Node) -> bool:
    return "release" in (model["config"].get("meta") or {}) or name_of(model) in declared_marts()


def test_marts_lie_apart_from_what_only_builds_them(project: Project) -> None:
    wrong = [
        name_of(model)
        for model in project.models
        if layer_of(model) == "aggregated" and ("building" in folders_of(model)) is is_for_readers(model)
    ]
    assert not wrong, broken("what readers get lies in the subject's folder, the rest in building", wrong)


def test_declarations_on_trial_fit_the_models(project: Project) -> None:
    models = {name_of(model): model for model in project.models}
    wrong = [said for one in trials().values() for said in problems_with(one, models)]
    assert not wrong, broken("a declaration names each column of its marts, and rows that are there", wrong)


def test_each_model_has_its_yaml_beside_it(project: Project) -> None:
    wrong = [name_of(model) for model in project.models if yaml_path(model) != sql_path(model).with_suffix(".yml")]
    assert not wrong, broken("<model>.yml lies beside <model>.sql", wrong)


def test_one_yaml_describes_one_model(project: Project) -> None:
    paths = {path for model in project.models if (path := yaml_path(model))}
    wrong = [path.name for path in paths if len(read_yaml(path).get("models", [])) != 1]
    assert not wrong, broken("one file per model", wrong)


def test_each_description_ends_with_the_grain(project: Project) -> None:
    wrong = [name_of(node) for node in [*project.models, *project.seeds] if not GRAIN_SENTENCE.search(describe(node))]
    assert not wrong, broken('a description ends "One row per ..."', wrong)


def test_each_model_states_grain_and_owner(project: Project) -> None:
    wrong = [
        f"{name_of(node)} lacks config.meta.{key}"
        for node in [*project.models, *project.seeds]
        for key in ("grain", "owner")
        if not node["config"]["meta"].get(key)
    ]
    assert not wrong, broken("say what a row is and who answers for it", wrong)


def test_each_model_has_an_enforced_contract(project: Project) -> None:
    wrong = [
        name_of(model)
        for model in project.models
        if model["config"]["materialized"] != "ephemeral" and not model["config"]["contract"]["enforced"]
    ]
    assert not wrong, broken("contracts are enforced", wrong)


def test_each_column_is_described_typed_and_classified(project: Project) -> None:
    wrong = []
    for node in [*project.models, *project.seeds, *project.sources.values()]:
        if not node["columns"]:
            wrong.append(f"{name_of(node)} lists no columns")
        for column in node["columns"].values():
            where = f"{name_of(node)}.{column['name']}"
            if privacy_of(column) not in PRIVACY_CLASSES:
                wrong.append(f"{where} has no privacy class")
            if not column["description"]:
                wrong.append(f"{where} has no description")
            if not column["data_type"]:
                wrong.append(f"{where} has no data type")
    assert not wrong, broken("config.meta.privacy, description and data_type of each column", wrong)


def test_each_stored_model_has_a_primary_key(project: Project) -> None:
    wrong = []
    for model in project.models:
        constraints = [kind["type"] for kind in model["constraints"]]
        constraints += [kind["type"] for column in model["columns"].values() for kind in column["constraints"]]
        keyed = "primary_key" in constraints or model["config"]["materialized"] in KEYED_BY_PARTITION
        if is_table(model) and not keyed:
            wrong.append(name_of(model))
    assert not wrong, broken("a table has a key that PostgreSQL enforces", wrong)


def test_models_stand_on_the_layers_below_alone(project: Project) -> None:
    wrong = [
        f"{name_of(model)} ({layer_of(model)}) stands on {name_of(parent)} ({layer_of(parent)})"
        for model in project.models
        for parent in project.parents(model)
        if kind_of(parent) not in MAY_STAND_ON[layer_of(model)] and (layer_of(model), name_of(parent)) not in EXCEPTIONS
    ]
    assert not wrong, broken("references go one way", wrong)


def test_tables_are_named_after_layer_and_subject(project: Project) -> None:
    wrong = []
    for model in project.models:
        layer, name = layer_of(model), name_of(model)
        prefix = {"staged": "stg_", "aggregated": ""}.get(layer, f"{layer}_")
        alias = name if layer == "staged" else name.removeprefix(f"{layer}_")  # a mart only where a seed has its name
        if not name.startswith(prefix) or model["alias"] != alias or model["schema"] != SCHEMAS[layer]:
            wrong.append(f"{name} builds {model['schema']}.{model['alias']}")
    assert not wrong, broken("model names carry the layer, tables do not: the schema has it", wrong)


def test_a_model_fits_on_a_screen(project: Project) -> None:
    lengths = {name_of(model): len(sql_path(model).read_text().splitlines()) for model in project.models}
    wrong = [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > LONGER.get(name, LONGEST_MODEL)]
    assert not wrong, broken(f"split models of more than {LONGEST_MODEL} lines", wrong)


def test_engines_differ_in_macros_and_not_in_models(project: Project) -> None:
    wrong = [name_of(model) for model in project.models if "target.type" in sql_path(model).read_text()]
    assert not wrong, broken("engine differences belong into one dispatched macro", wrong)


def test_grants_are_not_given_by_dbt(project: Project) -> None:
    """An incremental run revokes every grant that is not in `grants`, so provisioning alone gives them."""
    wrong = [name_of(node) for node in [*project.models, *project.seeds] if node["config"].get("grants")]
    assert not wrong, broken("default privileges give the grants", wrong)


def test_exposures_stand_on_public_models(project: Project) -> None:
    wrong = [
        f"{exposure['name']} stands on {name_of(parent)}"
        for exposure in project.exposures.values()
        for parent in project.parents(exposure)
        if parent["config"].get("access", parent.get("access")) != "public" and not is_released_seed(parent)
    ]
    assert not wrong, broken("an exposure stands on public models", wrong)


def is_released_seed(node: Node) -> bool:
    """Whether readers see a code list or published figures as release copies them."""
    return node["resource_type"] == "seed" and bool(node["config"]["meta"].get("release"))


def test_promises_across_models_say_which_asset_they_guard(project: Project) -> None:
    """Without its model's name a test over several models is no asset check in Dagster, and nothing stops on it."""
    wrong = []
    for test in project.tests:
        singular = "test_metadata" not in test or not test["test_metadata"]
        several = len([parent for parent in project.parents(test) if parent["resource_type"] == "model"]) > 1
        meta = test["config"]["meta"].get("dagster", {})
        if singular and several and not meta.get("ref", {}).get("name"):
            wrong.append(f"{name_of(test)} lacks config.meta.dagster.ref.name")
        if singular and "__" not in name_of(test):
            wrong.append(f"{name_of(test)} is not named <subject>__<promise>")
    assert not wrong, broken("singular tests", wrong)
