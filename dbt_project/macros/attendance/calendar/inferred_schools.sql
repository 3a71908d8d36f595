{#- A query: schools with pupils on roll some days of whose year no calendar covers, and up to which day theirs goes
    ('-infinity' without one). -#}
{% macro inferred_schools() -%}
    select
        on_roll.local_authority_code,
        on_roll.academic_year,
        on_roll.seed_code,
        coalesce(coverage.covered_to, '-infinity') as covered_to
    from {{ ref('canonical_schools_on_roll') }} as on_roll
    left join ({{ calendar_coverage() }}) as coverage
        on on_roll.local_authority_code = coverage.local_authority_code
        and on_roll.academic_year = coverage.academic_year
        and on_roll.seed_code = coverage.seed_code
    where {{ in_touched_scope('on_roll') }}
        and (
            coverage.seed_code is null
            or {{ stops_early('coverage') }}
            or exists (
                select 1
                from {{ ref('canonical_school_months') }} as months
                where months.local_authority_code = on_roll.local_authority_code
                    and months.academic_year = on_roll.academic_year
                    and months.seed_code = on_roll.seed_code
                    and months.marked_slots & ~{{ slots_between('months.month', 'coverage.covered_to', 'months.month') }} <> 0
            )
        )
{%- endmacro %}

{#- A query: schools of the authority that share a sector with a school. -#}
{% macro schools_of_a_sector() -%}
    select distinct -- two schools may share two sectors
        one.local_authority_code,
        one.seed_code,
        other.seed_code as other_seed_code
    from {{ ref('canonical_departments') }} as one
    inner join {{ ref('canonical_departments') }} as other
        on one.local_authority_code = other.local_authority_code
        and one.sector = other.sector
        and one.seed_code <> other.seed_code
{%- endmacro %}
