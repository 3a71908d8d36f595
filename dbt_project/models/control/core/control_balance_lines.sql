{%- set of_files = [
    'control_balance_of_files', 'control_balance_of_feeds', 'control_balance_of_openings', 'control_balance_of_people',
    'control_balance_of_places',
] %}
{%- set of_marts = ['control_balance_of_marts', 'control_balance_of_absence_marts'] %}

with lines as (
    {% for balance in of_files -%}
        select
            hop,
            delivery_key,
            local_authority_code,
            academic_year,
            feed,
            seed_code,
            null as mart,
            null as part,
            amount_in,
            amount_out,
            explained,
            checksum_matches
        from {{ ref(balance) }}
        union all
    {% endfor -%}
    select
        hop,
        null as delivery_key,
        local_authority_code,
        academic_year,
        'attendance' as feed,
        seed_code,
        null as mart,
        null as part,
        amount_in,
        amount_out,
        '{}'::jsonb as explained,
        checksum_matches
    from {{ ref('control_balance_of_pupil_months') }}
    {% for balance in of_marts -%}
        union all
        select
            hop,
            null as delivery_key,
            local_authority_code,
            academic_year,
            'attendance' as feed,
            seed_code,
            mart,
            part,
            amount_in,
            amount_out,
            '{}'::jsonb as explained,
            checksum_matches
        from {{ ref(balance) }}
    {% endfor %}
),

differences as (
    select
        lines.*,
        lines.amount_in - lines.amount_out - (
            select coalesce(sum(reasons.amount::bigint), 0)
            from jsonb_each_text(lines.explained) as reasons (reason, amount)
        ) as difference
    from lines
),

judged as (
    select
        differences.hop,
        differences.delivery_key,
        differences.local_authority_code,
        differences.academic_year,
        differences.feed,
        {{ subject_by_feed('differences.feed') }} as subject,
        nullif(differences.seed_code, 0) as seed_code,
        differences.mart,
        differences.part,
        differences.amount_in,
        differences.amount_out,
        differences.explained,
        differences.difference::bigint as difference,
        differences.checksum_matches,
        differences.difference = 0 and differences.checksum_matches as is_closed
    from differences
)

select * from judged
