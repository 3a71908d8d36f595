{{ config(materialized='table') }}
-- Predictions of a collection against what the same pupils were judged to have achieved.
with predictions as (
    select
        predictions.pupil_token,
        predictions.local_authority_code,
        predictions.academic_year,
        predictions.seed_code,
        predictions.stage,
        predictions.collection,
        predictions.organiser,
        predictions.language,
        predictions.on_track,
        {{ achieves('curriculum_levels.position', 'expected_levels.position') }} as is_predicted
    from {{ ref('pseudonymised_predictions') }} as predictions
    left join {{ ref('curriculum_levels') }} as curriculum_levels
        on predictions.predicted_level = curriculum_levels.level
        and curriculum_levels.is_in_cohort
    left join {{ ref('expected_levels') }} as expected_levels
        on predictions.stage = expected_levels.stage
        and expected_levels.measure = 'expected'
),

achieved_levels as (
    select
        achieved_levels.*,
        case achieved_levels.stage when 'S3_third' then 'S3' else achieved_levels.stage end as judged_stage
    from {{ ref('achieved_levels') }} as achieved_levels
    where achieved_levels.stage not in ({{ pooled_stage() }}, 'S3_fourth')
),

counted as (
    select
        predictions.local_authority_code,
        {{ seed_text('predictions.seed_code') }} as seed_code,
        {{ sector_of_stage('predictions.stage') }} as sector,
        predictions.academic_year,
        predictions.stage,
        predictions.collection,
        predictions.organiser,
        predictions.language,
        (count(predictions.is_predicted))::integer as predictions,
        (count(*) filter (where predictions.is_predicted))::integer as predicted,
        (count(predictions.is_predicted) filter (where achieved_levels.pupil_token is not null))::integer
            as pupils_with_both,
        (count(*) filter (where predictions.is_predicted and achieved_levels.pupil_token is not null))::integer
            as predicted_of_both,
        (count(*) filter (where predictions.is_predicted is not null and achieved_levels.is_achieved))::integer
            as achieved_of_both,
        (count(*) filter (where predictions.on_track = 'ahead'))::integer as ahead,
        (count(*) filter (where predictions.on_track = 'on_track'))::integer as on_track,
        (count(*) filter (where predictions.on_track = 'not_yet'))::integer as not_yet,
        (count(*) filter (where predictions.on_track = 'unknown'))::integer as on_track_unknown
    from predictions
    left join achieved_levels
        on predictions.pupil_token = achieved_levels.pupil_token
        and predictions.local_authority_code = achieved_levels.local_authority_code
        and predictions.academic_year = achieved_levels.academic_year
        and predictions.stage = achieved_levels.judged_stage
        and predictions.organiser = achieved_levels.organiser
        and predictions.language = achieved_levels.language
    group by 1, 2, 3, 4, 5, 6, 7, 8
)

select
    counted.local_authority_code,
    counted.seed_code,
    counted.sector,
    counted.academic_year,
    counted.stage,
    counted.collection,
    counted.organiser,
    counted.language,
    counted.predictions,
    counted.predicted,
    {{ share('counted.predicted', 'counted.predictions') }} as predicted_share,
    counted.pupils_with_both,
    counted.predicted_of_both,
    counted.achieved_of_both,
    {{ prediction_error('counted.predicted_of_both', 'counted.achieved_of_both', 'counted.pupils_with_both') }}
        as error_points,
    counted.ahead,
    counted.on_track,
    counted.not_yet,
    counted.on_track_unknown,
    {{ on_track_share('counted.ahead', 'counted.on_track', 'counted.not_yet') }} as on_track_share
from counted
