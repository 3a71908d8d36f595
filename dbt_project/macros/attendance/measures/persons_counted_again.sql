{#- A query: how often the persons of a relation like pupil_marks, all at several schools, are counted too often where
    the rows of schools are added up to a sector's and to the authority's. `persons` has, by column, the categories of
    which a mark makes a person count. Counted at each school (1), and to be counted once (-1). -#}
{% macro persons_counted_again(marks, persons) -%}
    {%- set categories = persons.values() | sum(start=[]) | unique | list -%}
    select
        signed.local_authority_code, signed.academic_year, signed.sector, half_days.position,
        {% for column, marked in persons.items() -%}
        sum(signed.sign) filter (
            where ((signed.{{ marked | join(' | signed.') }}) >> half_days.position) & 1 = 1
        ) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from (
        select
            {{ marks }}.local_authority_code, {{ marks }}.academic_year, row_of.sector, 1 as sign,
            {{ categories | join(', ') }}
        from {{ marks }}
        cross join lateral (values ({{ marks }}.sector), ('all')) as row_of (sector)
        union all
        select
            local_authority_code, academic_year, coalesce({{ marks }}.sector, 'all') as sector, -1 as sign,
            {% for category in categories -%}
            bit_or({{ category }}) as {{ category }}{{ ',' if not loop.last }}
            {% endfor %}
        from {{ marks }}
        group by local_authority_code, academic_year, pupil_token, grouping sets (({{ marks }}.sector), ())
    ) as signed
    cross join generate_series(2, 15) as half_days (position)
    group by signed.local_authority_code, signed.academic_year, signed.sector, half_days.position
{%- endmacro %}

{#- '1 AM' to '7 PM' as 2 to 15: the bit of a half day of the week in pupil_marks. -#}
{% macro half_day_position(half_day) -%}
    (2 * left({{ half_day }}, 1)::integer + case right({{ half_day }}, 2) when 'AM' then 0 else 1 end)
{%- endmacro %}
