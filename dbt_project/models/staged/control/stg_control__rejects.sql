select
    rejects.file_id,
    rejects.row_number,
    rejects.column_name,
    rejects.reason,
    rejects.seed_code
from {{ source('control', 'rejects') }} as rejects
