select
    schools.local_authority_code,
    schools.sector,
    schools.month,
    schools.academic_year,
    sum(schools.pupils)::integer as pupils,
    schools.as_at
from {{ ref('roll_by_school_month') }} as schools
group by schools.local_authority_code, schools.sector, schools.month, schools.academic_year, schools.as_at
