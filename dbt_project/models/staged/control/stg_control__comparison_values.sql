with figures as (
    {{ published_in_force(
        'comparison_values',
        ['local_authority_code', 'academic_year', 'seed_code', 'measure'],
        {
            'local_authority_code': 'text', 'academic_year': 'text', 'seed_code': 'text', 'measure': 'text',
            'comparison_percent': 'numeric(6, 3)', 'source': 'text'
        }
    ) }}
)

select
    figures.local_authority_code,
    figures.academic_year,
    figures.seed_code,
    figures.measure,
    figures.comparison_percent,
    figures.source
from figures
