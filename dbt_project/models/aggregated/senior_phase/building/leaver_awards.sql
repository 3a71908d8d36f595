{{ config(materialized='table') }}
with leavers as (
    select * from {{ ref('mainstream_leavers') }}
),

counted as (
    {% for award_set, column in {'national_qualifications': 'national_level', 'all_scqf': 'scqf_level'}.items() -%}
        select
            leavers.pupil_token,
            leavers.local_authority_code,
            leavers.academic_year,
            leavers.seed_code,
            leavers.simd_quintile,
            leavers.state,
            '{{ award_set }}' as award_set,
            levels.scqf_level,
            ({{ subjects_at(column, 'levels.scqf_level') }})::integer as subjects
        from leavers
        cross join generate_series(3, 7) as levels (scqf_level)
        left join {{ ref('counted_awards') }} as awards
            on leavers.pupil_token = awards.pupil_token
            and leavers.local_authority_code = awards.local_authority_code
            and leavers.academic_year >= awards.academic_year
        group by
            leavers.pupil_token, leavers.local_authority_code, leavers.academic_year, leavers.seed_code,
            leavers.simd_quintile, leavers.state, levels.scqf_level
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from counted
order by counted.pupil_token
