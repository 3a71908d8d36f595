{%- set school_marts = ['year', 'month', 'week', 'stage', 'deprivation', 'sex', 'weekday'] -%}
{%- set authority_marts = {
    'year': ['all', 'sectors'], 'month': ['all', 'sectors'], 'week': ['all', 'sectors'], 'sex': ['all', 'sectors'],
    'weekday': ['all', 'sectors'], 'stage_simd_quintile_month': ['sectors'],
} -%}
-- Marts of the authority have one line for the rows of all and one for the rows of the sectors together.
with pupil_months as (
    select
        pupil_months.*,
        {{ expected_openings('pupil_months') }} as openings_expected,
        {{ absent_openings('pupil_months') }} as openings_absent,
        array[
            pupil_months.openings_attended, pupil_months.openings_late, pupil_months.openings_authorised,
            {{ not_authorised_openings('pupil_months') }}, pupil_months.openings_not_counted,
            pupil_months.openings_not_recorded
        ]::bigint[] as split
    from {{ ref('control_pupil_month_counts') }} as pupil_months
    where {{ in_touched_scope('pupil_months') }}
),

marts as (
    {% for mart in school_marts -%}
    select
        mart.local_authority_code,
        mart.academic_year,
        'attendance_by_school_{{ mart }}' as mart,
        'schools' as part,
        mart.seed_code,
        {{ mart_sums('mart', has_split=mart != 'week') }}
    from {{ ref('attendance_by_school_' ~ mart) }} as mart
    where {{ in_touched_scope('mart') }}
    group by mart.local_authority_code, mart.academic_year, mart.seed_code
    union all
    {% endfor -%}
    {% for mart, parts in authority_marts.items() -%}
    {% for part in parts -%}
    select
        mart.local_authority_code,
        mart.academic_year,
        'attendance_by_authority_{{ mart }}' as mart,
        '{{ part }}' as part,
        '0' as seed_code,
        {{ mart_sums('mart', has_split=mart != 'week') }}
    from {{ ref('attendance_by_authority_' ~ mart) }} as mart
    where {{ in_touched_scope('mart') }}
        and mart.sector {{ '=' if part == 'all' else '<>' }} 'all'
    group by mart.local_authority_code, mart.academic_year
    {{ 'union all' if not loop.last }}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

wanted as (
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        lpad(pupil_months.seed_code::text, 7, '0') as seed_code,
        pupil_months.openings_expected as amount,
        pupil_months.split
    from pupil_months
    union all
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        '0' as seed_code,
        sum(pupil_months.openings_expected) as amount,
        array[
            {% for position in range(1, 7) -%}
            sum(pupil_months.split[{{ position }}]){{ ',' if not loop.last }}
            {% endfor -%}
        ]::bigint[] as split
    from pupil_months
    group by pupil_months.local_authority_code, pupil_months.academic_year
),

-- every mart has a line for every place, also where it has no row
places as (
    select
        wanted.*,
        parts.mart,
        parts.part
    from wanted
    inner join (
        values
        {% for mart in school_marts %}('attendance_by_school_{{ mart }}', 'schools'), {% endfor %}
        {% for mart, parts in authority_marts.items() -%}
        {% for part in parts %}('attendance_by_authority_{{ mart }}', '{{ part }}'){{ ',' if not loop.last }} {% endfor -%}
        {{ ',' if not loop.last }}
        {% endfor %}
    ) as parts (mart, part) on (wanted.seed_code = '0') = (parts.part <> 'schools')
),

balanced as (
    select
        local_authority_code,
        academic_year,
        'pupil months to marts' as hop,
        mart,
        part,
        seed_code::integer as seed_code,
        coalesce(places.amount, 0)::bigint as amount_in,
        coalesce(marts.amount, 0)::bigint as amount_out,
        {% for position in range(1, 7) -%}
        {{ 'and ' if not loop.first }}(
            coalesce(places.split[{{ position }}], 0) = coalesce(marts.split[{{ position }}], 0)
            {{- " or mart like '%\\_week'" if position in [2, 3, 4] }}
        )
        {% endfor -%}
        as checksum_matches
    from places
    full join marts using (local_authority_code, academic_year, mart, part, seed_code)
)

select * from balanced
