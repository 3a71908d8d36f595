{{ config(materialized='table') }}
-- What predictions say of P1, P4 and P7 together, raw and less the error of the same collection a year before.
with predicted as (
    select
        predictions.pupil_token,
        predictions.local_authority_code,
        predictions.academic_year,
        predictions.stage,
        predictions.collection,
        predictions.organiser,
        {{ achieves('curriculum_levels.position', 'expected_levels.position') }} as is_predicted
    from {{ ref('pseudonymised_predictions') }} as predictions
    inner join {{ ref('curriculum_levels') }} as curriculum_levels
        on predictions.predicted_level = curriculum_levels.level
        and curriculum_levels.is_in_cohort
    inner join {{ ref('expected_levels') }} as expected_levels
        on predictions.stage = expected_levels.stage
        and expected_levels.is_pooled
    where predictions.language = 'english'
),

measured as (
    select
        predicted.pupil_token,
        predicted.local_authority_code,
        predicted.academic_year,
        predicted.stage,
        predicted.collection,
        predicted.organiser,
        predicted.is_predicted
    from predicted
    where predicted.organiser = 'numeracy'
    union all
    select
        predicted.pupil_token,
        predicted.local_authority_code,
        predicted.academic_year,
        predicted.stage,
        predicted.collection,
        'literacy' as organiser,
        {{ literacy_achieved('predicted.is_predicted') }} as is_predicted
    from predicted
    where predicted.organiser in {{ literacy_organisers() }}
    group by
        predicted.pupil_token, predicted.local_authority_code, predicted.academic_year, predicted.stage,
        predicted.collection
    having {{ in_literacy_cohort('predicted.organiser') }}
),

achieved_levels as (
    select * from {{ ref('achieved_levels') }} as achieved_levels
    where achieved_levels.stage = {{ pooled_stage() }}
        and achieved_levels.language = 'english'
),

counted as (
    select
        measured.local_authority_code,
        measured.academic_year,
        measured.collection,
        measured.organiser,
        count(*)::integer as predictions,
        (count(*) filter (where measured.is_predicted))::integer as predicted,
        {{ share('count(*) filter (where measured.is_predicted)', 'count(*)') }} as forecast_share,
        {{ prediction_error(
            'count(*) filter (where measured.is_predicted and achieved_levels.pupil_token is not null)',
            'count(*) filter (where achieved_levels.is_achieved)', 'count(achieved_levels.pupil_token)',
        ) }} as error_points
    from measured
    left join achieved_levels
        on measured.pupil_token = achieved_levels.pupil_token
        and measured.local_authority_code = achieved_levels.local_authority_code
        and measured.academic_year = achieved_levels.academic_year
        and measured.organiser = achieved_levels.organiser
        and measured.stage = achieved_levels.stage_of_pupil
    group by
        measured.local_authority_code, measured.academic_year, measured.collection, measured.organiser
)

select
    counted.local_authority_code,
    counted.academic_year,
    counted.collection,
    counted.organiser,
    counted.predictions,
    counted.predicted,
    counted.forecast_share,
    counted.error_points,
    before.error_points as error_points_before,
    {{ corrected_forecast('counted.forecast_share', 'before.error_points') }} as corrected_share
from counted
left join counted as before
    on counted.local_authority_code = before.local_authority_code
    and counted.collection = before.collection
    and counted.organiser = before.organiser
    and counted.academic_year = {{ years_after('before.academic_year', 1) }}
