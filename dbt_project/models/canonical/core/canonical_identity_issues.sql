-- Cases for the steward. Every one follows from what is in force, so it goes when a later delivery heals it.
with pupils as (
    select * from {{ ref('canonical_pupils') }} as pupils
    where {{ in_touched_scope('pupils') }}
),

-- rule 2
scn_shared as (
    select distinct -- several versions, several periods
        'scn_shared' as kind,
        pupils.local_authority_code, pupils.academic_year, 0 as seed_code, pupils.pupil_id,
        0 as file_id, null::integer as example_row_number, 1::bigint as row_count, null::date as first_on
    from pupils
    inner join {{ ref('canonical_pupil_scns') }} as pupil_scns
        on pupils.local_authority_code = pupil_scns.local_authority_code
        and pupils.scn = pupil_scns.scn
        and pupil_scns.is_shared
),

-- rule 1
scn_reissued as (
    select
        'scn_reissued' as kind,
        pupils.local_authority_code, pupils.academic_year, 0 as seed_code, pupils.pupil_id,
        0 as file_id, null::integer as example_row_number, count(distinct pupils.scn) as row_count, null::date as first_on
    from pupils
    group by pupils.local_authority_code, pupils.academic_year, pupils.pupil_id having count(distinct pupils.scn) > 1
),

-- rule 3: a person of another authority has the SCN too
scn_conflict as (
    select
        'scn_conflict' as kind,
        pupils.local_authority_code, pupils.academic_year, 0 as seed_code, pupils.pupil_id,
        0 as file_id, null::integer as example_row_number, count(distinct elsewhere.pupil_id) as row_count, null::date as first_on
    from pupils
    inner join {{ ref('canonical_scns_elsewhere') }} as elsewhere
        on pupils.local_authority_code = elsewhere.local_authority_code
        and pupils.scn = elsewhere.scn
        and pupils.pupil_id <> elsewhere.pupil_id
    group by pupils.local_authority_code, pupils.academic_year, pupils.pupil_id
),

-- rule 4
held_identity as (
    select
        'held_identity' as kind,
        held.local_authority_code, held.academic_year, held.seed_code, 0 as pupil_id,
        held._file_id as file_id, min(held._row_number) as example_row_number, count(*) as row_count,
        min(held.attendance_date) as first_on
    from {{ ref('canonical_held_openings') }} as held
    where {{ in_touched_scope('held') }} and not held.has_placeholder_scn
    group by held.local_authority_code, held.academic_year, held.seed_code, held._file_id
),

-- rule 2: enrolments of the latest snapshot, and marks
under_placeholders as (
    select
        held.local_authority_code, held.academic_year, held.seed_code, count(*) as row_count,
        min(held.attendance_date) as first_on
    from {{ ref('canonical_held_openings') }} as held
    where {{ in_touched_scope('held') }} and held.has_placeholder_scn
    group by held.local_authority_code, held.academic_year, held.seed_code
    union all
    select
        enrolments.local_authority_code, enrolments.academic_year, enrolments.seed_code, count(*) as row_count,
        min(enrolments.entry_date) as first_on
    from {{ ref('stg_seemis__enrolments') }} as enrolments
    where {{ in_touched_scope('enrolments') }}
        and enrolments.next_extracted_at is null
        and enrolments.has_placeholder_scn
    group by enrolments.local_authority_code, enrolments.academic_year, enrolments.seed_code
    union all
    -- pupils without a number: their schools are not known but by such enrolments and marks
    select
        pupils.local_authority_code, pupils.academic_year, 0 as seed_code, count(*) as row_count,
        null::date as first_on
    from pupils
    where pupils.scn is null and pupils.valid_to is null
    group by pupils.local_authority_code, pupils.academic_year
),

placeholder_scn as (
    select
        'placeholder_scn' as kind,
        under_placeholders.local_authority_code, under_placeholders.academic_year, under_placeholders.seed_code,
        0 as pupil_id, 0 as file_id, null::integer as example_row_number, sum(under_placeholders.row_count) as row_count,
        min(under_placeholders.first_on) as first_on
    from under_placeholders
    where under_placeholders.seed_code <> 0
        or not exists (
            select 1
            from under_placeholders as schools
            where schools.local_authority_code = under_placeholders.local_authority_code
                and schools.academic_year = under_placeholders.academic_year
                and schools.seed_code <> 0
        )
    group by
        under_placeholders.local_authority_code, under_placeholders.academic_year, under_placeholders.seed_code
),

-- rule 5
no_enrolment as (
    select
        'no_enrolment' as kind,
        outside.local_authority_code, outside.academic_year, outside.seed_code, outside.pupil_id,
        0 as file_id, null::integer as example_row_number, sum(outside.openings) as row_count,
        min(outside.month) as first_on
    from {{ ref('canonical_marks_outside_enrolment') }} as outside
    where {{ in_touched_scope('outside') }}
    group by outside.local_authority_code, outside.academic_year, outside.seed_code, outside.pupil_id
),

base_enrolments as (
    select enrolment_years.*
    from {{ ref('canonical_enrolment_years') }} as enrolment_years
    left join {{ ref('canonical_marked_schools') }} as marked_schools
        on enrolment_years.local_authority_code = marked_schools.local_authority_code
        and enrolment_years.academic_year = marked_schools.academic_year
        and enrolment_years.pupil_id = marked_schools.pupil_id
        and enrolment_years.seed_code = marked_schools.seed_code
    where {{ in_touched_scope('enrolment_years') }}
        and enrolment_years.is_base_school
        and enrolment_years.status = 'on_roll'
        and {{ is_confirmed('enrolment_years', 'marked_schools') }}
),

-- rule 18
two_base_schools as (
    select
        'two_base_schools' as kind,
        one.local_authority_code, one.academic_year, one.seed_code, one.pupil_id,
        0 as file_id, null::integer as example_row_number, count(distinct two.seed_code) as row_count,
        min(greatest(one.counts_from, two.counts_from)) as first_on
    from base_enrolments as one
    inner join base_enrolments as two
        on one.local_authority_code = two.local_authority_code
        and one.academic_year = two.academic_year
        and one.pupil_id = two.pupil_id
        and one.seed_code <> two.seed_code
        and one.counts_from <= two.counts_to
        and two.counts_from <= one.counts_to
        -- a move, on its day (rule 17)
        and one.leaving_date is distinct from two.entry_date
        and two.leaving_date is distinct from one.entry_date
    group by one.local_authority_code, one.academic_year, one.seed_code, one.pupil_id
),

issues as (
    {%- for kind in ['scn_shared', 'scn_reissued', 'scn_conflict', 'held_identity', 'placeholder_scn', 'no_enrolment', 'two_base_schools'] %}
    select * from {{ kind }}{{ ' union all' if not loop.last }}
    {%- endfor %}
)

select
    issues.local_authority_code,
    issues.academic_year,
    issues.kind,
    issues.seed_code,
    issues.pupil_id,
    issues.file_id,
    issues.example_row_number,
    issues.row_count::bigint as row_count,
    issues.first_on
from issues
