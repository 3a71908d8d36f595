-- depends_on: {{ ref('control_audited_scopes') }}
with pupil_months as (
    select * from {{ ref('pseudonymised_attendance_pupil_months') }} as pupil_months
    where {{ in_touched_scope('pupil_months') }}
),

pupil_years as (
    select * from {{ ref('pseudonymised_pupil_years') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}
        and pupil_years.is_persistent_absence_school
),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
),

-- month by month, so that a mark put into another month of the same pupil shows
by_month as (
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        pupil_months.seed_code,
        pupil_months.month,
        sum(({{ recorded_openings('pupil_months') }})::bigint * hashint4(tokens.pupil_id))::bigint as pupil_checksum
    from pupil_months
    left join tokens using (pupil_token)
    group by
        pupil_months.local_authority_code, pupil_months.academic_year, pupil_months.seed_code, pupil_months.month
    having sum({{ recorded_openings('pupil_months') }}) > 0
),

checksums as (
    select
        by_month.local_authority_code,
        by_month.academic_year,
        by_month.seed_code,
        array_agg(by_month.pupil_checksum order by by_month.month) as pupil_checksums
    from by_month
    group by by_month.local_authority_code, by_month.academic_year, by_month.seed_code
),

by_pupil as (
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        pupil_months.seed_code,
        pupil_months.pupil_token,
        {% for category in opening_categories() -%}
        sum(pupil_months.{{ category }}) as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from pupil_months
    group by
        pupil_months.local_authority_code, pupil_months.academic_year, pupil_months.seed_code,
        pupil_months.pupil_token
),

persistent as (
    select
        by_person.local_authority_code,
        by_person.academic_year,
        pupil_years.seed_code,
        count(*) as persistent_absence_pupils
    from (
        select
            by_pupil.local_authority_code,
            by_pupil.academic_year,
            by_pupil.pupil_token
        from by_pupil
        group by by_pupil.local_authority_code, by_pupil.academic_year, by_pupil.pupil_token
        having sum({{ possible_openings('by_pupil') }}) >= {{ var('persistent_absence_minimum_openings') }}
    ) as by_person
    inner join pupil_years using (local_authority_code, academic_year, pupil_token)
    group by by_person.local_authority_code, by_person.academic_year, pupil_years.seed_code
),

by_school as (
    select
        by_pupil.local_authority_code,
        by_pupil.academic_year,
        by_pupil.seed_code,
        sum({{ recorded_openings('by_pupil') }})::bigint as row_count,
        sum(({{ recorded_openings('by_pupil') }}) * uuid_hash(by_pupil.pupil_token))::bigint as token_checksum,
        {% for category in opening_categories() -%}
        sum(by_pupil.{{ category }})::bigint as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from by_pupil
    group by by_pupil.local_authority_code, by_pupil.academic_year, by_pupil.seed_code
),

counts as (
    select
        by_school.*,
        checksums.pupil_checksums,
        coalesce(persistent.persistent_absence_pupils, 0) as persistent_absence_pupils
    from by_school
    left join checksums using (local_authority_code, academic_year, seed_code)
    left join persistent using (local_authority_code, academic_year, seed_code)
)

select * from counts
