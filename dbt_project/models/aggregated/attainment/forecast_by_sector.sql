-- Rule 43: both sectors of the list in every open year with a prediction.
with places as (
    select distinct -- a sector of its schools
        schools.local_authority_code,
        schools.sector
    from {{ ref('returned_schools') }} as schools
),

years as (
    select distinct -- a year of its pupils
        pupils.local_authority_code,
        pupils.academic_year
    from {{ ref('forecast_pupils') }} as pupils
),

collections as (
    select
        predictions.local_authority_code,
        predictions.academic_year,
        max(predictions.collection) as newest_collection
    from {{ ref('last_predictions') }} as predictions
    group by predictions.local_authority_code, predictions.academic_year
),

counted as (
    select
        places.local_authority_code,
        places.sector,
        years.academic_year,
        {{ forecast_figures('pupils') }},
        {{ on_track_figures('pupils') }},
        collections.newest_collection
    from places
    inner join years on places.local_authority_code = years.local_authority_code
    inner join collections
        on years.local_authority_code = collections.local_authority_code
        and years.academic_year = collections.academic_year
    left join {{ ref('forecast_pupils') }} as pupils
        on places.local_authority_code = pupils.local_authority_code
        and places.sector = pupils.sector
        and years.academic_year = pupils.academic_year
    group by
        places.local_authority_code, places.sector, years.academic_year, collections.newest_collection
)

select * from counted
