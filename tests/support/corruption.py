"""Values changed behind the warehouse's back: which there are, how each is done, and who has to name it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from orchestration.contracts import load_contracts
from orchestration.seals import Broken, broken_contents, broken_groups, broken_openings, known_scopes

OPENINGS, SET_ASIDE = "canonical.attendance_openings", "canonical.attendance_set_aside"
# Columns, and tables, that no released figure rests on, each with the reason.
RESTS_ON_NOTHING = {
    (
        "canonical.attendance_set_aside",
        "reason",
    ): "a word in the balance sheet: the mark is in no figure",
    ("canonical.attendance_set_aside", "academic_year"): "finds rows of a scope that is built again; in no figure",
}
BESIDE_THE_FIGURES = {
    "canonical.attendance_changes": "what is still to be added up; pupil months are held against the openings",
    "canonical.attendance_files": "what the openings reflect; compared with the ledger in each build",
    "canonical.attendance_scns": "the same of SCNs; compared with canonical.pupil_scns in each build",
    "canonical.attendance_enrolments": "the same of enrolments; compared with canonical.enrolment_years in each build",
    "canonical.attendance_out_of_scope": "who is in early learning alone; made again of enrolments in each build",
}
# What PostgreSQL does not let happen: a row of a partition belongs to its authority.
REFUSED_BY_POSTGRES = {(OPENINGS, "local_authority_code")}
ANOTHER = {
    "boolean": "not coalesce({0}, false)",
    "date": "coalesce({0}, current_date) + 1",
    "timestamp with time zone": "coalesce({0}, now()) + interval '1 hour'",
    "uuid": "gen_random_uuid()",
    "text": "coalesce({0}, '') || 'x'",
    "jsonb": """coalesce({0}, '{{}}') || '{{"x": 1}}'""",
    "ARRAY": "array_append({0}, null)",
}
A_NUMBER = "coalesce({0}, 0) + 1"


@dataclass(frozen=True)
class Case:
    """One corruption: a table, a column (empty: the row) and what is done."""

    relation: str
    column: str
    data_type: str
    kind: str

    def __str__(self) -> str:
        return f"{self.relation}{'.' if self.column else ''}{self.column}-{self.kind}"


@dataclass(frozen=True)
class Done:
    """A corruption that was done: the establishments of the rows, before and after; none where there is no column."""

    seed_codes: frozenset[str]


def cases(connection: psycopg.Connection) -> list[Case]:
    """Every corruption of every table from raw to the exact marts."""
    found = []
    tables = [f"raw.{contract.feed}" for contract in load_contracts().values() if contract.is_collected]
    rows = connection.execute("select relation from control.sealed_tables order by relation").fetchall()
    for relation in [*tables, OPENINGS, SET_ASIDE, *(row[0] for row in rows)]:
        for column, data_type in columns_of(connection, relation).items():
            if (relation, column) in RESTS_ON_NOTHING or (relation, column) in REFUSED_BY_POSTGRES:
                continue
            found += [Case(relation, column, data_type, kind) for kind in ("change", "swap")]
        found += [Case(relation, "", "", kind) for kind in ("delete", "double")]
    return found


def columns_of(connection: psycopg.Connection, relation: str) -> dict[str, str]:
    schema, _, table = relation.partition(".")
    rows = connection.execute(
        "select column_name, data_type from information_schema.columns where table_schema = %s and table_name = %s "
        "order by ordinal_position",
        [schema, table],
    ).fetchall()
    return {str(name): str(data_type) for name, data_type in rows}


def corrupt(connection: psycopg.Connection, case: Case, chance: random.Random) -> Done | None:
    """Do it, in the caller's transaction; None where the table has nothing that can be changed so."""
    name = sql.Identifier(*case.relation.split("."))
    _drop_constraints(connection, case.relation)
    found = connection.execute(sql.SQL("select count(*) from {}").format(name)).fetchone()
    assert found
    if not found[0]:
        return None
    has_school = "seed_code" in columns_of(connection, case.relation)
    if (case.relation, case.column) == (SET_ASIDE, "scn"):  # only while a mark is held does it have one
        name_of_held = sql.SQL("(select tableoid, ctid, seed_code from {} where scn is not null)").format(name)
        row = _row(connection, sql.SQL("{} as held").format(name_of_held), 0, has_school)
    else:
        row = _row(connection, name, chance.randrange(found[0]), has_school)
    places = {row[2]}
    if case.kind == "delete":
        connection.execute(sql.SQL("delete from {} where {}").format(name, _at(row)))
    elif case.kind == "double":
        connection.execute(sql.SQL("insert into {0} select * from {0} where {1}").format(name, _at(row)))
    elif case.kind == "change":
        another = ANOTHER.get(case.data_type, A_NUMBER).format(f'"{case.column}"')
        connection.execute(
            sql.SQL("update {} set {} = {} where {}").format(
                name, sql.Identifier(case.column), sql.SQL(another), _at(row)
            )
        )
    else:
        other = _other(connection, name, row, case.column, has_school)
        if other is None:
            return None
        places.add(other[2])
        column = sql.Identifier(case.column)
        connection.execute(
            sql.SQL(
                "update {0} as changed set {1} = other.{1} from {0} as other where "
                "(changed.tableoid, changed.ctid, other.tableoid, other.ctid) in (({2}, {3}, {4}, {5}), "
                "({4}, {5}, {2}, {3}))"
            ).format(name, column, *(_literal(part) for part in (*row[:2], *other[:2])))
        )
    return Done(frozenset(place for place in places if place))


def named(connection: psycopg.Connection, case: Case) -> Sequence[Broken]:
    """What the checks of that table say."""
    scopes = known_scopes(connection)
    if case.relation.startswith("raw."):
        contract = load_contracts()[case.relation.removeprefix("raw.")]
        return broken_contents(connection, contract, scopes)
    if case.relation in {OPENINGS, SET_ASIDE}:
        return broken_openings(connection, scopes)
    return broken_groups(connection, scopes, [case.relation])


Row = tuple[str, str, str]  # table, place in it, establishment


def _row(connection: psycopg.Connection, name: sql.Composable, number: int, has_school: bool) -> Row:
    school = sql.SQL("coalesce(seed_code::text, '')" if has_school else "''")
    row = connection.execute(
        sql.SQL("select tableoid::text, ctid::text, {} from {} offset {} limit 1").format(
            school, name, sql.Literal(number)
        )
    ).fetchone()
    assert row
    return (str(row[0]), str(row[1]), str(row[2]))


def _other(connection: psycopg.Connection, name: sql.Identifier, row: Row, column: str, has_school: bool) -> Row | None:
    """A row with another value there, and not otherwise the same: else nothing would change."""
    school = sql.SQL("coalesce(other.seed_code::text, '')" if has_school else "''")
    found = connection.execute(
        sql.SQL(
            "select other.tableoid::text, other.ctid::text, {school} from {name} as one inner join {name} as other "
            "on other.{column} is distinct from one.{column} "
            "and to_jsonb(other) - {key} <> to_jsonb(one) - {key} where {here} limit 1"
        ).format(
            school=school,
            name=name,
            column=sql.Identifier(column),
            key=sql.Literal(column),
            here=_at(row, "one"),
        )
    ).fetchone()
    return (str(found[0]), str(found[1]), str(found[2])) if found else None


def _at(row: Row, relation: str | None = None) -> sql.Composable:
    prefix = sql.SQL(f"{relation}." if relation else "")
    return sql.SQL("{0}tableoid = {1} and {0}ctid = {2}").format(prefix, *map(_literal, row[:2]))


def _literal(text: str) -> sql.Composable:
    return sql.SQL("{}::{}").format(sql.Literal(text), sql.SQL("tid" if text.startswith("(") else "oid"))


def _drop_constraints(connection: psycopg.Connection, relation: str) -> None:
    """What PostgreSQL would refuse is changed on its pages, by a broken disk or a restored part."""
    rows = connection.execute(
        "select conrelid::regclass::text, conname from pg_constraint where contype in ('p', 'u', 'c', 'f') and "
        "(conrelid = %s::regclass or conrelid in (select inhrelid from pg_inherits where inhparent = %s::regclass))",
        [relation, relation],
    ).fetchall()
    for table, constraint in rows:
        connection.execute(
            sql.SQL("alter table {} drop constraint if exists {} cascade").format(
                sql.Identifier(*table.split(".")), sql.Identifier(constraint)
            )
        )
