-- What nothing has touched is counted again in turn: of the authorities and years, those longest not looked at, as
-- many as stay within the rows that one build may spend on it; and a year that is larger by itself when its last
-- turn is long enough ago, one in a build. Marking them here makes the balance sheet follow. A new year counts as
-- looked at: it has just been counted whole.
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
        {%- if is_incremental() %}
            standing.audited_at,
        {%- else %}
            null::timestamptz as audited_at,
        {%- endif %}
        sum(years.row_count) over in_turn as rows_so_far,
        row_number() over in_turn as turn
    from years
    {% if is_incremental() -%}
        left join {{ this }} as standing using (local_authority_code, academic_year)
    {%- endif %}
    window
        in_turn as (
            order by
                {% if is_incremental() %}standing.audited_at asc nulls first,{% endif %}
                years.local_authority_code asc, years.academic_year asc
            rows unbounded preceding
        )
),

audited as (
    select
        queued.local_authority_code,
        queued.academic_year,
        now() as audited_at
    from queued
    where queued.audited_at is null
        or queued.rows_so_far <= {{ var('audited_rows') }}
        or (queued.turn = 1 and queued.audited_at < now() - interval '{{ var("audit_days") }} days')
)

select * from audited
