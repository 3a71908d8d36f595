-- Release writes the rows, out of what it has released; this says which columns they have, and of what type.
with schools as (
    select
        schools.local_authority_code,
        schools.seed_code,
        schools.sector,
        'school' as breakdown,
        'all' as value,
        schools.academic_year,
        null::date as month,
        schools.pupils,
        schools.pupils_absent_under_5,
        schools.pupils_absent_5_to_10,
        schools.pupils_absent_10_to_20,
        schools.pupils_absent_20_and_over,
        schools.persistently_absent,
        schools.severely_absent,
        schools.persistent_absence_rate,
        schools.severe_absence_rate,
        schools.national_rate,
        schools.national_rate_year,
        schools.calendar_source,
        schools.is_provisional,
        1 as schools_counted,
        schools.as_at
    from {{ ref('persistent_absence_by_school') }} as schools
    where false
),

authority as (
    select
        authority.local_authority_code,
        '' as seed_code,
        case when authority.breakdown = 'sector' then authority.value else 'all' end as sector,
        authority.breakdown,
        authority.value,
        authority.academic_year,
        null::date as month,
        authority.pupils,
        authority.pupils_absent_under_5,
        authority.pupils_absent_5_to_10,
        authority.pupils_absent_10_to_20,
        authority.pupils_absent_20_and_over,
        authority.persistently_absent,
        authority.severely_absent,
        authority.persistent_absence_rate,
        authority.severe_absence_rate,
        authority.national_rate,
        authority.national_rate_year,
        authority.calendar_source,
        authority.is_provisional,
        authority.schools_counted,
        authority.as_at
    from {{ ref('persistent_absence_by_authority') }} as authority
    where false
),

months as (
    select * from schools
    union all
    select * from authority
)

select * from months
