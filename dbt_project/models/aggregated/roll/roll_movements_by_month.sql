-- Rule 43: every movement has a row in each month, whether anybody did it or not.
with days as (
    select distinct -- a day of its schools
        schools.local_authority_code,
        schools.academic_year,
        schools.month,
        schools.as_at
    from {{ ref('roll_by_school_month') }} as schools
),

steps as (
    select
        days.*,
        coalesce(
            lag(days.as_at) over (partition by days.local_authority_code, days.academic_year order by days.month),
            academic_years.census_on
        ) as from_on
    from days
    inner join {{ ref('academic_years') }} as academic_years using (academic_year)
),

counted as (
    select
        movements.local_authority_code,
        movements.academic_year,
        movements.month,
        count(*) filter (where movements.movement = 'entry')::integer as entries,
        count(*) filter (where movements.movement = 'leaver')::integer as leavers,
        count(*) filter (where movements.movement = 'move')::integer as moves
    from {{ ref('roll_movements') }} as movements
    group by movements.local_authority_code, movements.academic_year, movements.month
),

listed as (
    select
        steps.local_authority_code,
        steps.academic_year,
        steps.month,
        steps.from_on,
        steps.as_at,
        coalesce(counted.entries, 0) as entries,
        coalesce(counted.leavers, 0) as leavers,
        coalesce(counted.moves, 0) as moves
    from steps
    left join counted using (local_authority_code, academic_year, month)
),

movements as (
    select
        listed.*,
        kinds.movement,
        case kinds.movement
            when 'entry' then listed.entries
            when 'leaver' then listed.leavers
            else listed.moves
        end as pupils
    from listed
    cross join unnest(array['entry', 'leaver', 'move']) as kinds (movement)
)

select
    movements.local_authority_code,
    movements.month,
    movements.movement,
    movements.academic_year,
    movements.pupils,
    {{ behind_movement('movements.movement', 'movements.pupils', 'movements.entries', 'movements.leavers') }}
        as behind_pupils,
    movements.from_on,
    movements.as_at
from movements
