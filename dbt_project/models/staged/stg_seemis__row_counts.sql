{%- set feeds = {
    'attendance': 'seed_code',
    'calendar': 'seed_code',
    'enrolments': 'seed_code',
    'establishments': 'seed_code',
    'pupils': '0',
} -%}
{% for feed, establishment in feeds.items() -%}
select
    {{ feed }}._file_id as file_id,
    {{ (feed ~ '.' ~ establishment) if establishment != '0' else '0' }} as seed_code,
    count(*) as row_count,
    {{ row_checksum(feed) }} as key_checksum
from {{ source('raw', feed) }} as {{ feed }}
group by {{ feed }}._file_id{{ ', ' ~ feed ~ '.' ~ establishment if establishment != '0' }}
{{ 'union all' if not loop.last }}
{% endfor %}
