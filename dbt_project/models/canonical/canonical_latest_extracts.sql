select
    files.local_authority_code,
    files.academic_year,
    max(files.extract_date) as latest_extract_on
from {{ ref('stg_control__files') }} as files
where {{ in_touched_scope('files') }}
group by files.local_authority_code, files.academic_year
