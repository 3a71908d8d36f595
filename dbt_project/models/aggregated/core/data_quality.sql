-- Verdicts and how much, in words: an amount beside a hidden figure could give it away.
with reconciliation as (
    select
        lines.local_authority_code,
        lines.academic_year,
        'balance sheet' as subject,
        lines.feed,
        lines.hop as kind,
        case when bool_and(lines.is_closed) then 'closes' else 'does not close' end as verdict
    from {{ ref('control_balance_lines') }} as lines
    where {{ in_touched_scope('lines') }}
    group by lines.local_authority_code, lines.academic_year, lines.feed, lines.hop
),

file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
        and (file_ledger.is_in_force or file_ledger.status <> 'landed')
),

files as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        'files not landed' as subject,
        file_ledger.feed,
        file_ledger.status || ': ' || coalesce(file_ledger.reason, 'unknown') as kind,
        case count(*) when 1 then 'one file' else 'several files' end as verdict
    from file_ledger
    where file_ledger.status <> 'landed'
    group by file_ledger.local_authority_code, file_ledger.academic_year, file_ledger.feed, file_ledger.status, file_ledger.reason
),

row_totals as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        file_ledger.feed,
        sum(file_ledger.rows_file) as row_count
    from file_ledger
    where file_ledger.status = 'landed'
    group by file_ledger.local_authority_code, file_ledger.academic_year, file_ledger.feed
),

noted as (
    select
        file_ledger.local_authority_code, file_ledger.academic_year, 'rejected rows' as subject, file_ledger.feed,
        rejects.reason || coalesce(' in ' || nullif(rejects.column_name, ''), '') as kind, count(*) as row_count
    from {{ ref('stg_control__rejects') }} as rejects
    inner join file_ledger using (file_id)
    group by
        file_ledger.local_authority_code, file_ledger.academic_year, file_ledger.feed, rejects.reason,
        rejects.column_name
    union all
    select
        file_ledger.local_authority_code, file_ledger.academic_year, 'warnings' as subject, file_ledger.feed,
        warnings.kind || coalesce(' in ' || nullif(warnings.column_name, ''), '') as kind, sum(warnings.row_count) as row_count
    from {{ ref('stg_control__warnings') }} as warnings
    inner join file_ledger using (file_id)
    where warnings.kind <> 'calendar_short'
    group by
        file_ledger.local_authority_code, file_ledger.academic_year, file_ledger.feed, warnings.kind,
        warnings.column_name
),

rows_noted as (
    select
        noted.local_authority_code,
        noted.academic_year,
        noted.subject,
        noted.feed,
        noted.kind,
        case
            when 1000 * noted.row_count < coalesce(row_totals.row_count, 0) then 'under 0.1% of rows'
            when 100 * noted.row_count < coalesce(row_totals.row_count, 0) then '0.1% to under 1% of rows'
            else '1% of rows or more'
        end as verdict
    from noted
    left join row_totals using (local_authority_code, academic_year, feed)
),

contributors as (
    select
        contributors.local_authority_code,
        contributors.academic_year,
        'expected schools' as subject,
        'attendance' as feed,
        'marks on the last day due' as kind,
        case when bool_or(contributors.is_missing) then 'some schools missing' else 'all schools delivered' end as verdict
    from {{ ref('control_expected_contributors') }} as contributors
    where {{ in_touched_scope('contributors') }}
    group by contributors.local_authority_code, contributors.academic_year
    union all
    select
        contributors.local_authority_code,
        contributors.academic_year,
        'expected schools' as subject,
        'attendance' as feed,
        'marks on all days due' as kind,
        case when sum(contributors.half_days_missing) > 0 then 'some half days missing' else 'complete' end as verdict
    from {{ ref('control_expected_contributors') }} as contributors
    where {{ in_touched_scope('contributors') }}
    group by contributors.local_authority_code, contributors.academic_year
),

lost_days as (
    select
        lost_half_days.local_authority_code,
        lost_half_days.academic_year,
        'expected schools' as subject,
        'attendance' as feed,
        'days taken for lost, not for a holiday: ' || lost_half_days.reason as kind,
        case count(distinct lost_half_days.opening_date) when 1 then 'one day' else 'several days' end as verdict
    from {{ ref('control_lost_half_days') }} as lost_half_days
    where {{ in_touched_scope('lost_half_days') }}
    group by lost_half_days.local_authority_code, lost_half_days.academic_year, lost_half_days.reason
),

-- what landing has warned of, and what shows later
short_calendars as (
    select
        short_calendars.local_authority_code,
        short_calendars.academic_year,
        'warnings' as subject,
        'calendar' as feed,
        'calendar_short' as kind,
        case count(*) when 1 then 'one school' else 'several schools' end as verdict
    from {{ ref('control_short_calendars') }} as short_calendars
    where {{ in_touched_scope('short_calendars') }}
    group by short_calendars.local_authority_code, short_calendars.academic_year
),

verdicts as (
    select * from reconciliation
    union all
    select * from files
    union all
    select * from rows_noted
    union all
    select * from contributors
    union all
    select * from lost_days
    union all
    select * from short_calendars
)

select * from verdicts
