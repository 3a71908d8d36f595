with freshness as (
    select
        freshness.local_authority_code,
        case when freshness.seed_code = 0 then 'all' else lpad(freshness.seed_code::text, 7, '0') end as seed_code,
        freshness.feed,
        {{ day_of('freshness.last_extracted_at') }} as last_extracted_on,
        freshness.data_to,
        {{ day_of('freshness.due_at') }} as due_on,
        freshness.status
    from {{ ref('control_freshness') }} as freshness
    where {{ in_touched_scope('freshness') }}
)

select * from freshness
