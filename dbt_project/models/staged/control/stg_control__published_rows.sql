with imports as (
    select published_imports.*
    from {{ source('control', 'published_imports') }} as published_imports
    -- entries made after the build began are not in it
    inner join {{ source('control', 'build_state') }} as build_state
        on published_imports.event_id <= build_state.event_id
)

select
    imports.dataset,
    published_rows.entry_id,
    published_rows.row_number,
    published_rows.fields
from imports
inner join {{ source('control', 'published_rows') }} as published_rows
    on imports.entry_id = published_rows.entry_id
where not exists (
        select 1 from imports as taken_back
        where taken_back.takes_back = imports.entry_id
    )
