{{ config(incremental_strategy='follow_changes', pre_hook=in_one_process()) }}

with openings as (
    select * from {{ ref('canonical_attendance_openings') }} as openings
    where {{ rebuilt_openings('openings') }}
),

days as (
    select * from {{ ref('canonical_days') }}
),

code_weights as (
    select * from {{ ref('canonical_code_weights') }}
),

-- named twice, since a CTE that is read twice keeps the whole query from running in parallel
codes as (
    select * from {{ ref('canonical_code_weights') }}
),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
),

weekdays as (
    select
        openings.local_authority_code,
        days.academic_year,
        openings.pupil_id,
        openings.seed_code,
        days.weekday,
        openings.opening,
        sum(code_weights.low_code_weight)::bigint as low_packed,
        sum(code_weights.high_code_weight)::bigint as high_packed
    from openings
    inner join days on openings.attendance_date = days.attendance_date
    inner join code_weights on openings.attendance_code = code_weights.attendance_code
    group by
        openings.local_authority_code, days.academic_year, openings.pupil_id, openings.seed_code, days.weekday,
        openings.opening
),

weekday_codes as (
    select
        weekdays.*,
        codes.attendance_code,
        case
            when codes.position < 9 then {{ unpacked('weekdays.low_packed', 'codes.position', 7) }}
            else {{ unpacked('weekdays.high_packed', '(codes.position - 9)', 7) }}
        end as openings
    from weekdays
    cross join codes
)

{% if is_incremental() %},
changes as ({{ net_changes() }}),

moves as (
    select changes.*, changes.code_after as attendance_code, 1 as openings from changes
    where changes.code_after is not null
    union all
    select changes.*, changes.code_before as attendance_code, -1 as openings from changes
    where changes.code_before is not null
),

moved_weekdays as (
    select
        tokens.pupil_token,
        moves.seed_code,
        moves.academic_year,
        extract(isodow from moves.attendance_date)::smallint as weekday,
        moves.opening,
        moves.attendance_code,
        moves.local_authority_code,
        sum(moves.openings) as openings
    from moves
    inner join tokens on moves.pupil_id = tokens.pupil_id
    group by
        tokens.pupil_token, moves.seed_code, moves.academic_year, extract(isodow from moves.attendance_date),
        moves.opening, moves.attendance_code, moves.local_authority_code
    having sum(moves.openings) <> 0
)
{% endif %}

select
    tokens.pupil_token,
    weekday_codes.seed_code,
    weekday_codes.academic_year,
    weekday_codes.weekday,
    weekday_codes.opening,
    weekday_codes.attendance_code,
    weekday_codes.local_authority_code,
    weekday_codes.openings
from weekday_codes
inner join tokens on weekday_codes.pupil_id = tokens.pupil_id
where weekday_codes.openings > 0
{% if is_incremental() %}
union all
select
    moved_weekdays.pupil_token,
    moved_weekdays.seed_code,
    moved_weekdays.academic_year,
    moved_weekdays.weekday,
    moved_weekdays.opening,
    moved_weekdays.attendance_code,
    moved_weekdays.local_authority_code,
    (coalesce(standing.openings, 0) + moved_weekdays.openings)::integer as openings
from moved_weekdays
left join {{ this }} as standing
    on moved_weekdays.pupil_token = standing.pupil_token
    and moved_weekdays.seed_code = standing.seed_code
    and moved_weekdays.academic_year = standing.academic_year
    and moved_weekdays.weekday = standing.weekday
    and moved_weekdays.opening = standing.opening
    and moved_weekdays.attendance_code = standing.attendance_code
    and moved_weekdays.local_authority_code = standing.local_authority_code
{% endif %}
