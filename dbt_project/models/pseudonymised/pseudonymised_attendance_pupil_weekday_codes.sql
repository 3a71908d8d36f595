{{ config(incremental_strategy='follow_changes') }}

with openings as (
    select * from {{ ref('canonical_attendance_openings') }} as openings
    where {{ rebuilt_openings('openings') }}
),

half_days as ({{ half_days() }}),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
),

weekdays as (
    select
        openings.local_authority_code,
        {{ academic_year_of('half_days.month') }} as academic_year,
        openings.pupil_id,
        openings.seed_code,
        half_days.weekday,
        half_days.opening,
        openings.attendance_code,
        count(*) as openings
    from openings
    inner join half_days
        on openings.attendance_date = half_days.attendance_date
        and openings.opening = half_days.opening
    group by
        openings.local_authority_code, {{ academic_year_of('half_days.month') }}, openings.pupil_id,
        openings.seed_code, half_days.weekday, half_days.opening, openings.attendance_code
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
    weekdays.seed_code,
    weekdays.academic_year,
    weekdays.weekday,
    weekdays.opening,
    weekdays.attendance_code,
    weekdays.local_authority_code,
    weekdays.openings::integer as openings
from weekdays
inner join tokens on weekdays.pupil_id = tokens.pupil_id
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
