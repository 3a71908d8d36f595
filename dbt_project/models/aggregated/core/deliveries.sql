with file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }}
),

reasons as (
    select * from {{ ref('landing_reasons') }}
),

files as (
    select distinct on (file_ledger.local_authority_code, file_ledger.delivery_key, file_ledger.feed)
        file_ledger.local_authority_code,
        file_ledger.delivery_key,
        file_ledger.feed,
        file_ledger.academic_year,
        file_ledger.extract_date,
        file_ledger.landed_at,
        file_ledger.is_in_force,
        file_ledger.status,
        file_ledger.reason
    from file_ledger
    order by
        file_ledger.local_authority_code asc, file_ledger.delivery_key asc, file_ledger.feed asc,
        file_ledger.file_id desc
),

outcomes as (
    select
        files.delivery_key,
        case
            when bool_and(files.status = 'landed') then 'landed'
            when bool_or(files.status = 'landed') then 'landed in part'
            else 'held back'
        end as outcome
    from files
    group by files.delivery_key
),

refused as (
    select
        attempts.local_authority_code,
        attempts.delivery_key,
        attempts.extract_date,
        attempts.attempted_at,
        attempts.reason
    from {{ ref('stg_control__refused_deliveries') }} as attempts
    inner join {{ ref('local_authorities') }} as local_authorities
        on attempts.local_authority_code = local_authorities.local_authority_code
),

deliveries as (
    select
        files.local_authority_code,
        files.delivery_key,
        files.feed,
        files.academic_year,
        files.extract_date,
        files.landed_at,
        outcomes.outcome,
        files.is_in_force,
        files.status,
        case when files.status <> 'landed' then coalesce(reasons.meaning, 'Not said.') end as reason
    from files
    inner join outcomes using (delivery_key)
    left join reasons on files.reason = reasons.reason
    union all
    select
        refused.local_authority_code,
        refused.delivery_key,
        '' as feed,
        {{ academic_year_of('refused.extract_date') }} as academic_year,
        refused.extract_date,
        refused.attempted_at as landed_at,
        'refused' as outcome,
        false as is_in_force,
        'refused' as status,
        coalesce(reasons.meaning, 'Not said.') as reason
    from refused
    left join reasons on refused.reason = reasons.reason
)

select * from deliveries
