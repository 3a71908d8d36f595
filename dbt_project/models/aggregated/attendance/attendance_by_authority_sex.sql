with pupil_years as (
    select
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        row_of.sector as row_sector,
        {{ pupil_year_columns('pupil_years') }}
    from {{ ref('pupil_year_attendance') }} as pupil_years
    cross join lateral (values (pupil_years.sector), ('all')) as row_of (sector)
    where {{ in_touched_scope('pupil_years') }}
        and ({{ counts_in_authority_rows('pupil_years', 'row_of.sector') }})
),

openings as (
    select
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.row_sector as sector,
        pupil_years.sex,
        {{ pupils_behind('pupil_years') }},
        {% for category in opening_categories() -%}
        sum(pupil_years.{{ category }})::bigint as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from pupil_years
    group by
        pupil_years.local_authority_code, pupil_years.academic_year, pupil_years.row_sector, pupil_years.sex
),

monthly_range as (
    select
        months.local_authority_code, months.academic_year, months.sector, months.sex,
        min(months.behind_pupils) as behind_smallest_month,
        max(months.behind_pupils) as behind_largest_month
    from (
        select
            cells.local_authority_code, cells.academic_year, row_of.sector, cells.sex,
            sum(cells.behind_pupils)::integer as behind_pupils
        from {{ ref('monthly_attendance_cells') }} as cells
        cross join lateral (values (cells.sector), ('all')) as row_of (sector)
        where {{ in_touched_scope('cells') }}
            and ({{ counts_in_authority_rows('cells', 'row_of.sector') }})
        group by cells.local_authority_code, cells.academic_year, row_of.sector, cells.sex, cells.month
    ) as months
    group by months.local_authority_code, months.academic_year, months.sector, months.sex
),

school_counts as (
    select
        schools.local_authority_code, schools.academic_year, row_of.sector, schools.value as sex,
        (count(*) filter (where schools.openings_possible > 0))::integer as schools_counted
    from {{ ref('attendance_of_schools') }} as schools
    cross join lateral (values (schools.sector), ('all')) as row_of (sector)
    where {{ in_touched_scope('schools') }}
        and schools.breakdown = 'sex'
    group by schools.local_authority_code, schools.academic_year, row_of.sector, schools.value
),

authority_facts as (
    select * from {{ ref('authority_facts') }} as authority_facts
    where {{ in_touched_scope('authority_facts') }}
),

national_rates as (
    select * from {{ ref('national_rates') }} as national_rates
    where national_rates.measure = 'attendance_rate' and national_rates.breakdown = 'sex'
),

counted as (
    {{ judged_pupils(['sex']) }}
),

-- the schools' rows are dense: each has every sex of the list
dense as (
    select
        local_authority_code,
        academic_year,
        sector,
        sex,
        coalesce(counted.pupils, 0)::integer as pupils,
        {% for column in behind_columns() -%}
        coalesce(openings.{{ column }}, 0)::integer as {{ column }},
        {% endfor -%}
        {% for category in opening_categories() -%}
        coalesce(openings.{{ category }}, 0)::bigint as {{ category }},
        {% endfor -%}
        monthly_range.behind_smallest_month,
        monthly_range.behind_largest_month,
        school_counts.schools_counted
    from school_counts
    left join openings using (local_authority_code, academic_year, sector, sex)
    left join monthly_range using (local_authority_code, academic_year, sector, sex)
    left join counted using (local_authority_code, academic_year, sector, sex)
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
            'authority_facts.are_breakdowns_due', 'authority_facts.has_unmapped_codes', completeness('dense')
        ) }} as withheld
    from dense
    inner join authority_facts using (local_authority_code, academic_year, sector)
    left join national_rates on dense.sector = national_rates.sector and dense.sex = national_rates.value
)

select
    local_authority_code, sector, academic_year, sex, pupils, openings_possible, openings_attended,
    openings_authorised, openings_not_authorised, openings_not_counted, openings_late, openings_not_recorded, completeness, attendance_rate, national_rate, national_rate_year,
    calendar_source, is_provisional, schools_counted, data_as_at, behind_marked, behind_pupils, behind_smallest_month,
    behind_largest_month, behind_authorised, behind_not_authorised, behind_late, withheld
from finished
