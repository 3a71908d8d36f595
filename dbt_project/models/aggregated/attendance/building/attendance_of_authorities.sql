with authority_facts as (
    select * from {{ ref('authority_facts') }} as authority_facts
    where {{ in_touched_scope('authority_facts') }}
),

openings as (
    select * from {{ ref('authority_openings') }} as openings
    where {{ in_touched_scope('openings') }}
),

school_counts as (
    select * from {{ ref('authority_school_counts') }} as school_counts
    where {{ in_touched_scope('school_counts') }}
),

-- a month in which any school of the council has marks is one of all sectors; union: it may be of the calendar, too
months as (
    select authority_facts.local_authority_code, authority_facts.academic_year, authority_facts.sector, months.month
    from authority_facts
    cross join lateral (
        values ('all')
        union all
        select months.month::date::text
        from generate_series(
            authority_facts.first_month::timestamp, authority_facts.last_month::timestamp, interval '1 month'
        ) as months (month)
    ) as months (month)
    union
    select authority_facts.local_authority_code, authority_facts.academic_year, authority_facts.sector, openings.month
    from authority_facts
    inner join openings using (local_authority_code, academic_year)
),

-- rule 43: rows come from lists, whether a pupil is in them or not
grid as (
    select local_authority_code, academic_year, sector, 'all' as stage, 'all' as simd_quintile, months.month
    from months
    union all
    select local_authority_code, academic_year, sector, stages.stage, quintiles.quintile, months.month
    from months
    inner join ({{ stages_of_sectors() }}) as stages using (sector)
    cross join {{ listed_quintiles() }} as quintiles (quintile)
    where months.month <> 'all'
    union all
    select local_authority_code, academic_year, months.sector, groups.stage, groups.simd_quintile, months.month
    from months
    cross join (
        select distinct stages.stage, 'all' as simd_quintile from ({{ stages_of_sectors() }}) as stages
        union all
        select 'all' as stage, quintiles.quintile as simd_quintile from {{ listed_quintiles() }} as quintiles (quintile)
    ) as groups
    where months.month = 'all' and months.sector = 'all'
),

counted as (
    {{ judged_pupils() }}
),

dense as (
    select
        local_authority_code,
        academic_year,
        sector,
        stage,
        simd_quintile,
        month,
        case
            when grid.month = 'all' and grid.stage = 'all' and grid.simd_quintile = 'all'
                then coalesce(counted.pupils, 0)
        end as pupils,
        {% for column in behind_columns() -%}
        coalesce(openings.{{ column }}, 0)::integer as {{ column }},
        {% endfor -%}
        {% for category in opening_categories() -%}
        coalesce(openings.{{ category }}, 0)::bigint as {{ category }},
        {% endfor -%}
        coalesce(school_counts.schools_counted, 0)::integer as schools_counted,
        openings.behind_smallest_month,
        openings.behind_largest_month
    from grid
    left join openings using (local_authority_code, academic_year, sector, stage, simd_quintile, month)
    left join school_counts using (local_authority_code, academic_year, sector, stage, simd_quintile, month)
    left join counted using (local_authority_code, academic_year, sector)
),

national_rates as (
    select * from {{ ref('national_rates') }} as national_rates
    where national_rates.measure = 'attendance_rate'
        and national_rates.breakdown = 'all'
),

finished as (
    select
        dense.*,
        {{ possible_openings('dense') }} as openings_possible,
        {{ not_authorised_openings('dense') }} as openings_not_authorised,
        {{ completeness('dense') }} as completeness,
        {{ attendance_rate('dense') }} as attendance_rate,
        national_rates.national_rate,
        national_rates.national_rate_year,
        authority_facts.calendar_source,
        authority_facts.is_provisional,
        authority_facts.data_as_at,
        {{ withheld(
            "case when dense.stage = 'all' and dense.simd_quintile = 'all' then authority_facts.are_totals_due"
            ~ " else authority_facts.are_breakdowns_due end",
            'authority_facts.has_unmapped_codes',
            completeness('dense')
        ) }} as withheld
    from dense
    inner join authority_facts using (local_authority_code, academic_year, sector)
    left join national_rates on national_rates.sector = dense.sector
            and dense.stage = 'all' and dense.simd_quintile = 'all'
)

select * from finished
