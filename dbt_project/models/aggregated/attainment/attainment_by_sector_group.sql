-- Rule 43: every group of the list, whether anybody is in it or not.
with places as (
    select distinct -- a sector of its schools
        schools.local_authority_code,
        schools.sector,
        schools.academic_year,
        schools.state
    from {{ ref('returned_schools') }} as schools
),

listed as (
    select
        places.local_authority_code,
        places.sector,
        places.academic_year,
        groups.breakdown,
        groups.pupil_group,
        groups.caution,
        places.state
    from places
    cross join lateral (
        values
        ('sector', places.sector, 'teachers'' judgement'),
        {% for breakdown, (_, values, caution) in result_groups().items() -%}
            {%- set is_last = loop.last -%}
            {%- for value in values -%}
                ('{{ breakdown }}', '{{ value }}', '{{ caution }}'){{ '' if is_last and loop.last else ',' }}
            {% endfor -%}
        {%- endfor -%}
    ) as groups (breakdown, pupil_group, caution)
),

counted as (
    select
        listed.local_authority_code,
        listed.sector,
        listed.academic_year,
        listed.breakdown,
        listed.pupil_group,
        {{ group_figures('pupils') }},
        listed.caution,
        listed.state
    from listed
    left join {{ ref('returned_pupils') }} as pupils
        on listed.local_authority_code = pupils.local_authority_code
        and listed.sector = pupils.sector
        and listed.academic_year = pupils.academic_year
        and listed.pupil_group = case listed.breakdown
            when 'sector' then listed.sector
            {% for breakdown, (column, _, _) in result_groups().items() -%}
                when '{{ breakdown }}' then pupils.{{ column }}
            {% endfor -%}
        end
    group by
        listed.local_authority_code, listed.sector, listed.academic_year, listed.breakdown, listed.pupil_group,
        listed.caution, listed.state
)

select * from counted
