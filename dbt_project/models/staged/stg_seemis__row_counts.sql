{%- set by_establishment = ['attendance', 'calendar', 'enrolments', 'establishments'] -%}
{% for feed in by_establishment -%}
    select
        {{ feed }}._file_id as file_id,
        {{ feed }}.seed_code,
        count(*) as row_count,
        {{ row_checksum(feed) }} as key_checksum
    from {{ source('raw', feed) }} as {{ feed }}
    group by {{ feed }}._file_id, {{ feed }}.seed_code
    union all
{% endfor -%}
select
    pupils._file_id as file_id,
    0 as seed_code, -- a person is of the authority, not of an establishment
    count(*) as row_count,
    {{ row_checksum('pupils') }} as key_checksum
from {{ source('raw', 'pupils') }} as pupils
group by pupils._file_id
