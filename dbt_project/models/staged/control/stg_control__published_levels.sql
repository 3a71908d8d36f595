with figures as (
    {{ published_in_force(
        'published_levels',
        ['area_code', 'academic_year', 'stage', 'organiser'],
        {
            'area_code': 'text', 'academic_year': 'text', 'stage': 'text', 'organiser': 'text', 'cohort': 'integer',
            'percent': 'text', 'percent_1': 'text', 'percent_2': 'text', 'percent_3': 'text', 'percent_4': 'text',
            'percent_5': 'text', 'percent_unknown': 'text'
        }
    ) }}
)

select
    figures.area_code,
    figures.academic_year,
    figures.stage,
    figures.organiser,
    figures.cohort,
    figures.percent,
    figures.percent_1,
    figures.percent_2,
    figures.percent_3,
    figures.percent_4,
    figures.percent_5,
    figures.percent_unknown,
    figures.entry_id > 0 as is_imported
from figures
