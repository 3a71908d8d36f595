with figures as (
    {{ published_in_force(
        'stretch_aims',
        ['local_authority_code', 'aim_year', 'measure', 'pupil_group'],
        {
            'local_authority_code': 'text', 'aim_year': 'text', 'measure': 'text', 'pupil_group': 'text',
            'aim_round': 'text', 'aim_percent': 'numeric(6, 3)', 'low_percent': 'numeric(6, 3)',
            'high_percent': 'numeric(6, 3)', 'status': 'text', 'source': 'text'
        }
    ) }}
)

select
    figures.local_authority_code,
    figures.aim_year,
    figures.measure,
    figures.pupil_group,
    figures.aim_round,
    figures.aim_percent,
    figures.low_percent,
    figures.high_percent,
    figures.status,
    figures.source,
    figures.entry_id > 0 as is_imported
from figures
-- beside real pupils nothing that is made up
where figures.status <> 'made up for the demonstration'
    or not exists (
        select 1 from {{ source('control', 'environment') }} as made_for
        where made_for.environment = 'live'
    )
