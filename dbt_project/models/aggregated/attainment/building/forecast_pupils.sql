{{ config(materialized='table') }}
-- Who stands behind a forecast: pupils of years that are still open, by what was predicted, and said, of them last.
with closed as (
    select
        schools.local_authority_code,
        max(schools.academic_year) as academic_year
    from {{ ref('returned_schools') }} as schools
    group by schools.local_authority_code
),

predictions as (
    select predictions.*
    from {{ ref('pseudonymised_predictions') }} as predictions
    inner join closed on predictions.local_authority_code = closed.local_authority_code
    where predictions.academic_year > closed.academic_year
),

-- a pupil who changed stage or school counts once, where the newest collection has it
homes as (
    select distinct on (
        predictions.local_authority_code, predictions.academic_year, predictions.pupil_token
    )
        predictions.local_authority_code,
        predictions.academic_year,
        predictions.pupil_token,
        predictions.stage,
        {{ seed_text('predictions.seed_code') }} as seed_code
    from predictions
    order by
        predictions.local_authority_code asc, predictions.academic_year asc, predictions.pupil_token asc,
        predictions.collection desc, predictions.stage desc, predictions.seed_code asc
),

said as (
    select distinct on (
        predictions.local_authority_code, predictions.academic_year, predictions.pupil_token, predictions.organiser
    )
        predictions.local_authority_code,
        predictions.academic_year,
        predictions.pupil_token,
        predictions.organiser,
        predictions.on_track
    from predictions
    where predictions.language = 'english'
        and predictions.organiser in ('reading', 'numeracy')
        and predictions.on_track is not null
    order by
        predictions.local_authority_code asc, predictions.academic_year asc, predictions.pupil_token asc,
        predictions.organiser asc, predictions.collection desc, predictions.stage desc
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
    homes.local_authority_code,
    homes.academic_year,
    homes.pupil_token,
    homes.seed_code,
    schools.sector,
    {{ forecast_result('levels.literacy') }} as literacy_forecast,
    {{ forecast_result('levels.numeracy') }} as numeracy_forecast,
    {{ on_track_result('reading.on_track') }} as reading_on_track,
    {{ on_track_result('numeracy.on_track') }} as numeracy_on_track
from homes
inner join schools
    on homes.local_authority_code = schools.local_authority_code
    and homes.seed_code = schools.seed_code
    and {{ sector_of_stage('homes.stage') }} = schools.sector
left join {{ ref('last_predictions') }} as levels
    on homes.pupil_token = levels.pupil_token
    and homes.local_authority_code = levels.local_authority_code
    and homes.academic_year = levels.academic_year
    and homes.stage = levels.stage
left join said as reading
    on homes.pupil_token = reading.pupil_token
    and homes.local_authority_code = reading.local_authority_code
    and homes.academic_year = reading.academic_year
    and reading.organiser = 'reading'
left join said as numeracy
    on homes.pupil_token = numeracy.pupil_token
    and homes.local_authority_code = numeracy.local_authority_code
    and homes.academic_year = numeracy.academic_year
    and numeracy.organiser = 'numeracy'
order by homes.pupil_token
