"""Projects with what they were approved for, who works in them, and how many of their pupils are alike."""

from typing import Any

from psycopg.rows import dict_row

from orchestration.database import connect
from orchestration.settings import Settings

QUERY = """
select
    states.project_name as project,
    states.state,
    states.local_authority_code as authority,
    states.owner_name as owner,
    states.purpose,
    array_to_string(states.subjects, ', ') as subjects,
    (
        select string_agg(
            columns.column_name
            || case when columns.detail in ('amount', columns.column_name) then '' else ':' || columns.detail end,
            ', ' order by columns.column_name
        )
        from access.project_columns as columns where columns.project_name = states.project_name
    ) as columns,
    coalesce(states.ended_at::date, states.valid_until) as until,
    (
        select string_agg(members.login_name, ', ' order by members.login_name)
        from access.project_logins as members where members.project_name = states.project_name
    ) as logins,
    measures.pupils,
    round(measures.unique_before::numeric / nullif(measures.pupils, 0), 4) as unique_before,
    round(measures.few_before::numeric / nullif(measures.pupils, 0), 4) as under_bar_before,
    round(measures.unique_after::numeric / nullif(measures.pupils - measures.withheld, 0), 4) as unique_after,
    measures.generalised,
    measures.withheld,
    measures.smallest_group as bar,
    measures.measured_at
from access.project_states as states
left join lateral (
    select project_measures.* from control.project_measures
    where project_measures.project_name = states.project_name
    order by project_measures.measure_id desc limit 1
) as measures on true
where %(ended)s or states.state = 'in force'
order by states.project_name
"""


def list_projects(settings: Settings, ended: bool = False) -> list[dict[str, Any]]:
    """One row per project, those that are over or ended too where ``ended``, read as the auditor.

    ``unique_before`` and ``under_bar_before`` are shares of pupils in the detail that was declared, ``unique_after`` of
    those in the extract; null before the first build.
    """
    with (
        connect(settings, "auditor", autocommit=True) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(QUERY, {"ended": ended}).fetchall()
