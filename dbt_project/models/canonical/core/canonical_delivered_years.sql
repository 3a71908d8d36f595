with touching_files as (
    select files.local_authority_code, files.academic_year, files.extract_date
    from {{ ref('stg_control__files') }} as files
    union all
    select files.local_authority_code, file_years.academic_year, files.extract_date
    from {{ ref('stg_control__file_years') }} as file_years
    inner join {{ ref('stg_control__files') }} as files on file_years.file_id = files.file_id
),

academic_years as (
    select * from {{ ref('academic_years') }}
)

select
    touching_files.local_authority_code,
    touching_files.academic_year,
    max(touching_files.extract_date) < academic_years.census_on as is_provisional,
    max(touching_files.extract_date) > academic_years.census_on as is_after_census
from touching_files
inner join academic_years on touching_files.academic_year = academic_years.academic_year
where {{ in_touched_scope('touching_files') }}
group by touching_files.local_authority_code, touching_files.academic_year, academic_years.census_on
