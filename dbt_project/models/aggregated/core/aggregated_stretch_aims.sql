select
    stretch_aims.local_authority_code as area_code, -- for everybody: no scope of a council
    stretch_aims.aim_year,
    stretch_aims.measure,
    stretch_aims.pupil_group,
    stretch_aims.aim_round,
    stretch_aims.aim_percent,
    stretch_aims.low_percent,
    stretch_aims.high_percent,
    stretch_aims.status,
    stretch_aims.source,
    stretch_aims.is_imported
from {{ ref('stg_control__stretch_aims') }} as stretch_aims
