"""Nothing derived from a direct identifier gets past canonical, except through the vault.

The promise is proved over the SQL that PostgreSQL gets: from each column of the pseudonymised, aggregated and
control models back to the sources, by column lineage.
"""

import pytest

from tests.support.dbt_project import Node, Project, layer_of, name_of, privacy_of
from tests.support.lineage import Identifiers, Relation

PAST_THE_BOUNDARY = ("pseudonymised", "aggregated", "control")
# The number of a person inside the warehouse is no name, but it is one per person: it stays behind the vault too.
ALSO_IDENTIFYING = {"pupil_id"}
# A token descends from nothing in the database: it is computed under a key that lies outside.
VAULT_TOKEN = ("vault", "tokens", "token")
# Date of birth crosses as the age at one day of the year, in whole years, and as nothing else.
GENERALISED = {"age_on_30_september": {"date_of_birth"}}
# The balance sheet compares keys by order-free checksums, sums of hashes over the rows of a school.
CHECKSUMS = {"pupil_id"}
# Hashes of contents hold every value, under a number that the loader and the transformer alone can read; and whether
# two of them are the same.
KEYED = {"content", "resolved_content", "row_checksum", "checksum_matches"}

# Written by the materialization of canonical.attendance_openings, in its transaction: rows that count in no figure.
BESIDE_A_MODEL: dict[Relation, list[str]] = {
    ("raw", "content_salt"): ["salt"],
    ("canonical", "attendance_set_aside"): [
        "local_authority_code", "academic_year", "attendance_date", "opening", "pupil_id", "scn", "seed_code",
        "attendance_code", "recorded_at", "reason", "_file_id", "_row_number",
    ],
}  # fmt: skip


def relation(node: Node) -> Relation:
    return (node["schema"], node.get("identifier") or node["alias"])


def identifying(node: Node) -> set[str]:
    names = {name for name, column in node["columns"].items() if privacy_of(column) == "direct_identifier"}
    names |= ALSO_IDENTIFYING & node["columns"].keys()
    return {name for name in names if (*relation(node), name) != VAULT_TOKEN}


def in_order(project: Project) -> list[Node]:
    """Models, each after those it stands on."""
    done: list[Node] = []
    seen: set[str] = set()

    def visit(node: Node) -> None:
        if node["unique_id"] in seen:
            return
        seen.add(node["unique_id"])
        for parent in project.parents(node):
            if parent["resource_type"] == "model":
                visit(parent)
        done.append(node)

    for model in project.models:
        visit(model)
    return done


@pytest.fixture(scope="module")
def carried(compiled_project: Project) -> dict[str, frozenset[str]]:
    """For each column of a model past the boundary, ``model.column``, the identifiers that it descends from."""
    known = Identifiers()
    for node in [*compiled_project.sources.values(), *compiled_project.seeds]:
        known.add_source(relation(node), node["columns"], identifying(node))
    for beside, columns in BESIDE_A_MODEL.items():
        known.add_source(beside, columns, {"scn", "pupil_id"} & set(columns))
    found: dict[str, frozenset[str]] = {}
    for model in in_order(compiled_project):
        if model["config"]["materialized"] == "ephemeral":
            continue  # written out as a CTE in the models that use it
        made = known.add_model(relation(model), model["columns"], model["compiled_code"])
        for name, identifiers in made.items():
            kept = identifiers - GENERALISED.get(name, set())
            if layer_of(model) == "control" and name.endswith(("_checksum", "_checksums")):
                kept -= CHECKSUMS
            if name in KEYED and (layer_of(model) == "control" or name_of(model) == "stg_seemis__row_counts"):
                kept = frozenset()
            known.carried[(*relation(model), name)] = kept
            if layer_of(model) in PAST_THE_BOUNDARY:
                found[f"{name_of(model)}.{name}"] = kept
    return found


def test_no_identifier_gets_past_canonical(carried: dict[str, frozenset[str]]) -> None:
    wrong = [f"{column} descends from {', '.join(sorted(names))}" for column, names in carried.items() if names]
    assert not wrong, "take these out, or go through a token of the vault:\n  " + "\n  ".join(sorted(wrong))


def test_nothing_past_canonical_is_classed_as_an_identifier(project: Project) -> None:
    wrong = [
        f"{name_of(model)}.{name}"
        for model in project.models
        if layer_of(model) in PAST_THE_BOUNDARY
        for name in identifying(model)
    ]
    assert not wrong, f"direct identifiers end in canonical: {wrong}"


def test_every_identified_layer_is_covered(carried: dict[str, frozenset[str]], compiled_project: Project) -> None:
    """An empty result proves nothing: identifiers are known at the sources, and columns were followed."""
    assert {"scn", "forename", "surname", "date_of_birth"} <= set().union(
        *(identifying(source) for source in compiled_project.sources.values())
    )
    assert any(name.endswith(".pupil_token") for name in carried)


RAW: Relation = ("raw", "pupils")
TOKENS: Relation = ("vault", "tokens")


def follow(sql: str, *columns: str) -> dict[str, frozenset[str]]:
    known = Identifiers()
    known.add_source(RAW, ["scn", "forename", "seed_code", "pupil_id"], ["scn", "forename", "pupil_id"])
    known.add_source(TOKENS, ["pupil_id", "token"], ["pupil_id"])
    return known.add_model(("pseudonymised", "model"), columns, sql)


@pytest.mark.parametrize(
    ("expression", "identifiers"),
    [
        ("pupils.scn", {"scn"}),
        ("md5(pupils.scn::text)", {"scn"}),
        ("left(pupils.forename, 1) || '.'", {"forename"}),
        ("case when pupils.scn = 5 then 'a' end", {"scn"}),
        ("max(pupils.scn) over (partition by pupils.seed_code)", {"scn"}),
        ("(select inner_pupils.scn from raw.pupils as inner_pupils limit 1)", {"scn"}),
        ("tokens.token", set()),
        ("count(distinct pupils.scn)", set()),
        ("count(distinct (pupils.scn, pupils.forename)) filter (where pupils.scn is not null)", set()),
        ("count(*) over (partition by pupils.scn)", set()),
        ("row_number() over (partition by pupils.scn order by pupils.forename)", set()),
        ("pupils.scn is not null", set()),
        ("pupils.seed_code", set()),
    ],
)
def test_lineage_tells_what_a_column_is_made_of(expression: str, identifiers: set[str]) -> None:
    sql = f"""
        with pupils as (select * from "warehouse"."raw"."pupils"),
        joined as (
            select {expression} as renamed
            from pupils inner join vault.tokens as tokens on pupils.pupil_id = tokens.pupil_id
        )
        select joined.renamed as value from joined
    """
    assert follow(sql, "value")["value"] == identifiers


def test_lineage_follows_unions_and_stars() -> None:
    sql = """
        with both_ways as (select seed_code as value from raw.pupils union all select scn as value from raw.pupils)
        select * from both_ways
    """
    assert follow(sql, "value")["value"] == {"scn"}


@pytest.mark.parametrize("expression", ["to_jsonb(pupils)", "md5(pupils::text)"])
def test_lineage_refuses_whole_rows(expression: str) -> None:
    with pytest.raises(LookupError, match="whole row"):
        follow(f"select {expression} as value from raw.pupils as pupils", "value")


@pytest.mark.parametrize(
    "relation_sql",
    [
        "cross join lateral (values (pupils.scn), (pupils.seed_code)) as found (value)",
        "cross join unnest(array[pupils.scn]) as found (value)",
        "cross join lateral (select pupils.scn as value) as found",
    ],
)
def test_lineage_follows_lateral_relations(relation_sql: str) -> None:
    sql = f"select found.value from raw.pupils as pupils {relation_sql}"
    assert follow(sql, "value")["value"] == {"scn"}


def test_lineage_refuses_a_relation_it_does_not_know() -> None:
    with pytest.raises(LookupError, match="secret"):
        follow("select value from somewhere.secret", "value")
