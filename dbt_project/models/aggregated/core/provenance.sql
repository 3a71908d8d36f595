{% set marts = {'school': [], 'authority': []} -%}
{%- if execute -%}
    {%- for node in graph.nodes.values() | sort(attribute='name')
        if node.resource_type == 'model' and node.config.meta.get('release')
        and node.config.meta['release']['kind'] != 'reference' and 'academic_year' in node.columns -%}
        {%- do marts['school' if 'seed_code' in node.columns else 'authority'].append(node.alias) -%}
    {%- endfor -%}
{%- endif -%}

with establishments as (
    select
        establishments.local_authority_code,
        establishments.academic_year,
        establishments.seed_code,
        establishments.delivery_ids,
        establishments.last_extracted_at
    from {{ ref('control_establishment_deliveries') }} as establishments
    where {{ in_touched_scope('establishments') }}
),

names as (
    select distinct -- of each file
        file_ledger.delivery_id,
        file_ledger.delivery_key,
        file_ledger.extract_date,
        file_ledger.sequence
    from {{ ref('stg_control__file_ledger') }} as file_ledger
),

of_places as (
    select
        establishments.local_authority_code,
        establishments.academic_year,
        case when grouping(establishments.seed_code) = 1 then ''
            else lpad(establishments.seed_code::text, 7, '0') end as seed_code,
        array_agg(distinct ids.delivery_id) as delivery_ids, -- one per feed
        max(establishments.last_extracted_at) as last_extracted_at
    from establishments
    cross join lateral unnest(establishments.delivery_ids) as ids (delivery_id)
    group by
        establishments.local_authority_code, establishments.academic_year,
        grouping sets ((establishments.seed_code), ())
),

named as (
    select
        of_places.local_authority_code,
        of_places.academic_year,
        of_places.seed_code,
        of_places.last_extracted_at,
        array(
            select names.delivery_key
            from names
            where names.delivery_id = any(of_places.delivery_ids)
            order by names.extract_date, names.sequence
        ) as deliveries
    from of_places
    where of_places.seed_code <> '0000000' -- rows without an establishment stand behind the whole alone
),

provenance as (
    select
        named.local_authority_code,
        marts.mart,
        named.seed_code,
        named.academic_year,
        named.deliveries,
        named.last_extracted_at,
        '{{ env_var("WAREHOUSE_CODE_VERSION", "unknown") }}' as code_version
    from named
    inner join (
        values
        {% for mart in marts['school'] -%}
            ('{{ mart }}', false),
        {% endfor -%}
        {% for mart in marts['authority'] -%}
            ('{{ mart }}', true),
        {% endfor -%}
        (null, null)
    ) as marts (mart, is_whole) on marts.is_whole = (named.seed_code = '')
)

select * from provenance
