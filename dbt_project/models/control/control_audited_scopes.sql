-- What nothing has touched is counted again in turn: of the authorities and years, those longest not looked at, as
-- many as stay within the rows that one build may spend on it. Marking them here makes the balance sheet follow.
with years as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        sum(file_ledger.rows_accepted) as row_count
    from {{ ref('stg_control__file_ledger') }} as file_ledger
    where file_ledger.status = 'landed'
    group by file_ledger.local_authority_code, file_ledger.academic_year
),

queued as (
    select
        years.local_authority_code,
        years.academic_year,
        sum(years.row_count) over (
            order by
                {% if is_incremental() %}standing.audited_at asc nulls first,{% endif %}
                years.local_authority_code asc, years.academic_year asc
            rows unbounded preceding
        ) as rows_so_far
    from years
    {% if is_incremental() -%}
        left join {{ this }} as standing using (local_authority_code, academic_year)
    {%- endif %}
),

audited as (
    select
        queued.local_authority_code,
        queued.academic_year,
        now() as audited_at
    from queued
    where queued.rows_so_far <= {{ var('audited_rows') }}
)

select * from audited
