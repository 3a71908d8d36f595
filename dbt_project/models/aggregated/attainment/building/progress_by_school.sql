{{ config(materialized='table') }}
-- Of those who were at first level or better in P4, how many reached second level in P7, three years on.
with levels as (
    select
        levels.*,
        curriculum_levels.position
    from {{ ref('pseudonymised_levels') }} as levels
    inner join {{ ref('curriculum_levels') }} as curriculum_levels
        on levels.level_achieved = curriculum_levels.level
        and curriculum_levels.is_in_cohort
    where levels.is_in_return
),

followed as (
    select
        later.local_authority_code,
        later.academic_year,
        later.seed_code,
        later.organiser,
        later.language,
        {{ was_at_first_level('earlier.position') }} as was_at_first_level,
        {{ reached_second_level('later.position') }} as reached_second_level,
        later.state
    from levels as later
    inner join levels as earlier
        on later.pupil_token = earlier.pupil_token
        and later.local_authority_code = earlier.local_authority_code
        and later.organiser = earlier.organiser
        and later.language = earlier.language
        and {{ years_after('earlier.academic_year', 3) }} = later.academic_year
    where later.stage = 'P7' and earlier.stage = 'P4'
),

places as (
    select
        followed.*,
        places.seed_code as place
    from followed
    cross join lateral (values ({{ seed_text('followed.seed_code') }}), ('all')) as places (seed_code)
)

select
    places.local_authority_code,
    places.place as seed_code,
    places.academic_year,
    places.organiser,
    places.language,
    count(*)::integer as pupils_followed,
    (count(*) filter (where places.was_at_first_level))::integer as at_first_level,
    (count(*) filter (where places.was_at_first_level and places.reached_second_level))::integer
        as reached_second_level,
    {{ share('count(*) filter (where places.was_at_first_level and places.reached_second_level)',
             'count(*) filter (where places.was_at_first_level)') }} as progress_share,
    min(places.state) as state
from places
group by places.local_authority_code, places.place, places.academic_year, places.organiser, places.language
