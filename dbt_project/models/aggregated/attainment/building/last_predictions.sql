{{ config(materialized='table') }}
-- What teachers predicted last in the year: of each organiser by the newest collection that has a level for the pupil.
with newest as (
    select distinct on (
        predictions.local_authority_code, predictions.academic_year, predictions.pupil_token, predictions.stage,
        predictions.organiser
    )
        predictions.local_authority_code,
        predictions.academic_year,
        predictions.pupil_token,
        predictions.stage,
        predictions.seed_code,
        predictions.organiser,
        predictions.collection,
        {{ achieves('curriculum_levels.position', 'expected_levels.position') }} as is_predicted
    from {{ ref('pseudonymised_predictions') }} as predictions
    inner join {{ ref('expected_levels') }} as expected_levels
        on predictions.stage = expected_levels.stage
        and expected_levels.measure = 'expected'
    inner join {{ ref('curriculum_levels') }} as curriculum_levels
        on predictions.predicted_level = curriculum_levels.level
        and curriculum_levels.is_in_cohort
    where predictions.language = 'english'
    order by
        predictions.local_authority_code asc, predictions.academic_year asc, predictions.pupil_token asc,
        predictions.stage asc, predictions.organiser asc, predictions.collection desc
),

-- literacy is predicted of whom all three organisers are
pupils as (
    select
        newest.local_authority_code,
        newest.academic_year,
        newest.pupil_token,
        newest.stage,
        (array_agg(newest.seed_code order by newest.collection desc, newest.seed_code asc))[1] as seed_code,
        max(newest.collection) as collection,
        case
            when count(*) filter (where newest.organiser in {{ literacy_organisers() }}) = 3
                then bool_and(newest.is_predicted) filter (where newest.organiser in {{ literacy_organisers() }})
        end as literacy,
        bool_and(newest.is_predicted) filter (where newest.organiser = 'numeracy') as numeracy
    from newest
    group by newest.local_authority_code, newest.academic_year, newest.pupil_token, newest.stage
)

select
    pupils.local_authority_code,
    pupils.academic_year,
    pupils.pupil_token,
    pupils.stage,
    {{ seed_text('pupils.seed_code') }} as seed_code,
    pupils.collection,
    pupils.literacy,
    pupils.numeracy
from pupils
order by pupils.pupil_token
