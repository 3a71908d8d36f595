select
    published_levels.area_code,
    published_levels.academic_year,
    published_levels.stage,
    published_levels.organiser,
    published_levels.cohort,
    published_levels.percent,
    published_levels.percent_1,
    published_levels.percent_2,
    published_levels.percent_3,
    published_levels.percent_4,
    published_levels.percent_5,
    published_levels.percent_unknown,
    published_levels.is_imported
from {{ ref('stg_control__published_levels') }} as published_levels
