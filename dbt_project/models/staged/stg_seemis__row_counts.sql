{#- What identifies a pupil is in no checksum of the ledger: of one row it could be found by trying. -#}
{%- set keys = {
    'calendar': ['seed_code', 'opening_date', 'opening'],
    'enrolments': ['seed_code', 'entry_date'],
    'establishments': ['seed_code'],
} -%}
{% for feed in ['attendance', 'calendar', 'enrolments', 'establishments'] -%}
    select
        {{ feed }}._file_id as file_id,
        {{ feed }}.seed_code,
        count(*) as row_count,
        {{ row_checksum(feed) }} as key_checksum,
        {{ natural_key_checksum(feed, keys[feed]) if feed in keys else 'null::bigint' }} as natural_key_checksum
    from {{ source('raw', feed) }} as {{ feed }}
    group by {{ feed }}._file_id, {{ feed }}.seed_code
    union all
{% endfor -%}
select
    pupils._file_id as file_id,
    0 as seed_code, -- a person is of the authority, not of an establishment
    count(*) as row_count,
    {{ row_checksum('pupils') }} as key_checksum,
    null::bigint as natural_key_checksum
from {{ source('raw', 'pupils') }} as pupils
group by pupils._file_id
