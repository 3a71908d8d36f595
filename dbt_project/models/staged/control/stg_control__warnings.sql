select
    warnings.delivery_id,
    warnings.file_id,
    warnings.column_name,
    warnings.kind,
    warnings.row_count,
    warnings.detail
from {{ source('control', 'warnings') }} as warnings
