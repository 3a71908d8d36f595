"""Who can see what, as rows in the order they should be shown, read as the auditor."""

from typing import Any

from psycopg.rows import dict_row

from orchestration.database import connect
from orchestration.database.drift import differences
from orchestration.database.roles import GROUPS, LOGINS
from orchestration.settings import Settings

Rows = list[dict[str, Any]]


def list_scopes(settings: Settings, ended: bool = False) -> Rows:
    """Scopes of readers and groups, memberships, and headships, with their state.

    In: whether to list what is expired or revoked too. Out: one row per scope, membership or headship; ``state``
    is in force, future, expired or revoked.
    """
    return _rows(
        settings,
        """
        with grants as (
            select
                scopes.scope_id, readers.reader_name, groups.group_name, scopes.kind, scopes.local_authority_code,
                scopes.cluster_name, scopes.seed_code, scopes.sector, scopes.valid_from, scopes.valid_until,
                scopes.granted_by, scopes.granted_at, scopes.revoked_at, scopes.revoked_by
            from access.scopes
            left join access.readers on scopes.reader_id = readers.reader_id
            left join access.groups on scopes.group_id = groups.group_id
            union all
            select
                null, readers.reader_name, groups.group_name, 'membership', null, null, null, null,
                members.valid_from, members.valid_until, members.granted_by, members.granted_at,
                members.revoked_at, members.revoked_by
            from access.group_members as members
            inner join access.readers on members.reader_id = readers.reader_id
            inner join access.groups on members.group_id = groups.group_id
            union all
            select
                null, readers.reader_name, null, 'head of', heads.local_authority_code, null, heads.seed_code,
                heads.sector, heads.valid_from, heads.valid_until, heads.granted_by, heads.granted_at,
                heads.revoked_at, heads.revoked_by
            from access.heads
            inner join access.readers on heads.reader_id = readers.reader_id
        ),

        stated as (
            select
                grants.*,
                case
                    when grants.revoked_at is not null then 'revoked'
                    when grants.valid_from > access.today() then 'future'
                    when grants.valid_until < access.today() then 'expired'
                    else 'in force'
                end as state
            from grants
        )

        select
            scope_id as scope, reader_name as reader, group_name as "group", kind,
            local_authority_code as authority, cluster_name as cluster, seed_code as school, sector,
            valid_from, valid_until, state, granted_by, granted_at, revoked_at, revoked_by
        from stated
        where %(ended)s or state in ('in force', 'future')
        order by reader_name nulls last, group_name, kind, authority, cluster, school, sector, scope_id
        """,
        ended=ended,
    )


def review(settings: Settings) -> Rows:
    """Everybody who can see anything in the database, and what: the list that is gone through regularly.

    Out: one row per reader and scope in force, each with the time of the last page or mart read; readers with
    nothing; logins of the database that pass by the scopes, or have a restricted zone to themselves; and, as rows of
    the kind ``difference``, everything in which the database's own catalogue differs from what is declared.
    """
    return _readers(settings) + _logins(settings) + _differences(settings)


def _differences(settings: Settings) -> Rows:
    with connect(settings, "auditor", autocommit=True) as connection:
        found = differences(connection, is_live=settings.environment == "live")
    return [
        {"who": "the database", "kind": "difference", "name": None, "sees": difference.said, "through": "catalogue",
         "until": None, "granted_by": None, "last_read_at": None}
        for difference in found
    ]  # fmt: skip


def _readers(settings: Settings) -> Rows:
    return _rows(
        settings,
        """
        with scopes as (
            select distinct
                scopes.reader_id,
                case scopes.kind
                    when 'authority' then 'all of ' || scopes.local_authority_code
                    when 'cluster' then 'cluster ' || scopes.cluster_name || ' of ' || scopes.local_authority_code
                    else scopes.sector || ' school ' || scopes.seed_code || ' of ' || scopes.local_authority_code
                end as sees,
                coalesce('group ' || groups.group_name, 'own scope') as through,
                granted.valid_until,
                granted.granted_by
            from access.scopes_in_force as scopes
            inner join access.scopes as granted on scopes.scope_id = granted.scope_id
            left join access.groups on scopes.group_id = groups.group_id
            union all
            select distinct
                heads.reader_id,
                'own figures of ' || heads.sector || ' school ' || heads.seed_code || ' of '
                || heads.local_authority_code || ', exactly',
                'head of',
                granted.valid_until,
                granted.granted_by
            from access.heads_in_force as heads
            inner join access.heads as granted using (reader_id, local_authority_code, seed_code, sector)
            where granted.revoked_at is null and access.today() between granted.valid_from and granted.valid_until
        ),

        reads as (
            select lines.reader_id, max(lines.at) as last_read_at
            from (
                select page_reads.reader_id, page_reads.at from control.page_reads
                union all
                select logins.reader_id, sql_reads.at
                from control.sql_reads
                inner join access.readers as logins
                    on sql_reads.login_name = logins.reader_name and logins.kind = 'login'
            ) as lines
            group by lines.reader_id
        )

        select
            readers.reader_name as who,
            readers.kind,
            readers.display_name as name,
            case
                when readers.revoked_at is not null then 'nothing: revoked'
                when readers.valid_until < access.today() then 'nothing: expired'
                when readers.kind = 'login' and roles.rolname is null then 'nothing: no such login'
                else coalesce(scopes.sees, 'nothing but code lists and national figures')
            end || coalesce(
                ', project ' || projects.project_name
                || case projects.state when 'in force' then '' else ' (' || projects.state || ')' end, ''
            ) as sees,
            scopes.through,
            least(scopes.valid_until, readers.valid_until) as until,
            scopes.granted_by,
            reads.last_read_at
        from access.readers
        left join scopes on readers.reader_id = scopes.reader_id
        left join reads on readers.reader_id = reads.reader_id
        left join access.project_logins as members
            on readers.reader_name = members.login_name and readers.kind = 'login'
        left join access.project_states as projects on members.project_name = projects.project_name
        left join pg_catalog.pg_roles as roles on readers.reader_name = roles.rolname and roles.rolcanlogin
        order by readers.kind, readers.reader_name, sees, through
        """,
    )


def _logins(settings: Settings) -> Rows:
    """Logins whose reach comes from their role and not from a scope."""
    found = _rows(
        settings,
        """
        select
            roles.rolname as who,
            roles.rolsuper or roles.rolbypassrls as is_exempt,
            array(
                select members.rolname from pg_catalog.pg_roles as members
                where members.rolname = any(%(logins)s) and members.rolname <> roles.rolname
                    and pg_has_role(roles.oid, members.oid, 'member')
                order by 1
            ) as acts_as,
            exists (
                select from access.readers where readers.reader_name = roles.rolname and readers.kind = 'login'
            ) as is_reader
        from pg_catalog.pg_roles as roles
        where roles.rolcanlogin
        order by 1
        """,
        logins=[*LOGINS, *GROUPS],
    )
    rows = []
    for login in found:
        if login["is_exempt"]:
            sees = "everything, past all policies"
        elif login["who"] in LOGINS:
            sees = LOGINS[login["who"]].comment
        elif login["acts_as"] and not login["is_reader"]:
            sees = f"may act as {', '.join(login['acts_as'])}; no reader of its own"
        else:
            continue
        rows.append(
            {"who": login["who"], "kind": "role", "name": None, "sees": sees, "through": "database role",
             "until": None, "granted_by": None, "last_read_at": None}
        )  # fmt: skip
    return rows


def _rows(settings: Settings, query: str, **parameters: Any) -> Rows:
    with (
        connect(settings, "auditor", autocommit=True) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(query, parameters).fetchall()
