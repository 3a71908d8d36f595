{{ config(materialized='table') }}
-- A return is frozen when it closes, on the last Friday of August: what is recorded later changes nothing returned.
with judgements as (
    {{ persons_of_feed('cfe_levels') }}
),

returns as (
    select * from {{ ref('attainment_returns') }}
),

in_time as (
    select
        judgements.*,
        row_number() over (
            partition by
                judgements.local_authority_code, judgements.academic_year, judgements.pupil_id,
                judgements.organiser, judgements.language
            order by
                judgements.recorded_at desc, judgements.extracted_at desc, judgements.extract_date desc,
                judgements.sequence desc, judgements._row_number desc
        ) as place
    from judgements
    inner join returns on judgements.academic_year = returns.academic_year
    where judgements.pupil_id is not null
        and {{ is_before_the_return_closes('judgements.recorded_at', 'returns.levels_close_on') }}
),

-- what the newest extract of the authority says of where the year stands
newest_extracts as (
    select
        files.local_authority_code,
        max({{ day_of('files.extracted_at') }}) as newest_on
    from {{ ref('stg_control__files') }} as files
    group by files.local_authority_code
),

published_years as (
    select distinct -- one year of its stages and organisers
        published_levels.area_code,
        published_levels.academic_year
    from {{ ref('stg_control__published_levels') }} as published_levels
)

select
    in_time.local_authority_code,
    in_time.academic_year,
    in_time.pupil_id,
    in_time.organiser,
    in_time.language,
    in_time.seed_code,
    in_time.stage,
    in_time.level_achieved,
    {{ is_in_return('in_time.stage', 'returns.levels_collected') }} as is_in_return,
    case
        when published_years.academic_year is not null then 'published'
        when newest_extracts.newest_on > returns.levels_close_on then 'returned'
        else 'judgement'
    end as state
from in_time
inner join returns on in_time.academic_year = returns.academic_year
left join newest_extracts on in_time.local_authority_code = newest_extracts.local_authority_code
left join published_years
    on in_time.local_authority_code = published_years.area_code
    and in_time.academic_year = published_years.academic_year
where in_time.place = 1
