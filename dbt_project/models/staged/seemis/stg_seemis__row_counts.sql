{#- Of every feed but the marks, which are counted where they are resolved to persons: control_raw_counts. -#}
{% for feed, told in feeds().items() if feed != 'attendance' -%}
    select
        {{ feed }}._file_id as file_id,
        -- a person is of the authority, not of an establishment
        {{ 'coalesce(' ~ feed ~ '.seed_code, 0)' if told.has_establishment else '0' }} as seed_code,
        count(*) as row_count,
        {{ row_checksum(feed) }} as key_checksum,
        sum({{ told.row_hash }}) as content
    from {{ source('raw', feed) }} as {{ feed }}
    cross join raw.content_salt
    group by 1, 2
    {{ 'union all' if not loop.last }}
{% endfor %}
