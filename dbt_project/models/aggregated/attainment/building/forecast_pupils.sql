{{ config(materialized='table') }}
-- Who stands behind a forecast: pupils of years that are still open, by what was predicted of them last.
with closed as (
    select
        schools.local_authority_code,
        max(schools.academic_year) as academic_year
    from {{ ref('returned_schools') }} as schools
    group by schools.local_authority_code
),

-- a pupil who changed stage counts once, by the newest collection
predictions as (
    select distinct on (
        predictions.local_authority_code, predictions.academic_year, predictions.pupil_token
    )
        predictions.local_authority_code,
        predictions.academic_year,
        predictions.pupil_token,
        predictions.stage,
        predictions.seed_code,
        predictions.literacy,
        predictions.numeracy
    from {{ ref('last_predictions') }} as predictions
    inner join closed on predictions.local_authority_code = closed.local_authority_code
    where predictions.academic_year > closed.academic_year
    order by
        predictions.local_authority_code asc, predictions.academic_year asc, predictions.pupil_token asc,
        predictions.collection desc, predictions.stage desc
),

-- rule 43: schools of the list alone
schools as (
    select distinct -- in any year
        returned_schools.local_authority_code,
        returned_schools.seed_code,
        returned_schools.sector
    from {{ ref('returned_schools') }} as returned_schools
)

select
    predictions.local_authority_code,
    predictions.academic_year,
    predictions.pupil_token,
    predictions.seed_code,
    schools.sector,
    {{ forecast_result('predictions.literacy') }} as literacy_forecast,
    {{ forecast_result('predictions.numeracy') }} as numeracy_forecast
from predictions
inner join schools
    on predictions.local_authority_code = schools.local_authority_code
    and predictions.seed_code = schools.seed_code
    and {{ sector_of_stage('predictions.stage') }} = schools.sector
order by predictions.pupil_token
