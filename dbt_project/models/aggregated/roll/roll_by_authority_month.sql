select
    sectors.local_authority_code,
    sectors.month,
    sectors.academic_year,
    sum(sectors.pupils)::integer as pupils,
    sectors.as_at
from {{ ref('roll_by_sector_month') }} as sectors
group by sectors.local_authority_code, sectors.month, sectors.academic_year, sectors.as_at
