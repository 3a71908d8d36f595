{%- set marts = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.schema == 'aggregated_exact'
        and 'academic_year' in node.columns and node.config.meta.get('release') -%}
        {%- do marts.append(node.name) -%}
    {%- endfor -%}
{%- endif %}

with deliveries as (
    select
        deliveries.local_authority_code,
        deliveries.academic_year,
        deliveries.seed_code,
        array_agg(distinct ids.delivery_id order by ids.delivery_id) as delivery_ids, -- one per feed
        max(deliveries.last_extracted_at) as last_extracted_at
    from {{ ref('control_establishment_deliveries') }} as deliveries
    cross join lateral unnest(deliveries.delivery_ids) as ids (delivery_id)
    where deliveries.seed_code <> 0
    group by deliveries.local_authority_code, deliveries.academic_year, deliveries.seed_code
),

builds as (
    select * from {{ ref('stg_control__model_builds') }} as builds
    where builds.model in ('{{ marts | sort | join("', '") }}')
),

provenance as (
    select
        regexp_replace(builds.model, '^aggregated_', '') as mart,
        deliveries.local_authority_code,
        deliveries.academic_year,
        deliveries.seed_code,
        deliveries.delivery_ids,
        deliveries.last_extracted_at,
        builds.event_id,
        builds.code_version,
        builds.built_at,
        'Analytical copy made from extracts; the live record is in SEEMiS' as label
    from deliveries
    cross join builds
)

select * from provenance
