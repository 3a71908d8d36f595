-- The marts of reasons add up to the absences of the pupil months, the marts of persistent absence to the pupils that
-- count, in their bands.
with pupil_months as (
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        pupil_months.seed_code,
        {{ absent_openings('pupil_months') }} as openings_absent,
        pupil_months.persistent_absence_pupils
    from {{ ref('control_pupil_month_counts') }} as pupil_months
    where {{ in_touched_scope('pupil_months') }}
),

-- sum() over no row is null, and one school of a year may have no pupil who counts
wanted as (
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        coalesce(pupil_months.seed_code, 0) as seed_code,
        sum(pupil_months.openings_absent) as openings_absent,
        sum(pupil_months.persistent_absence_pupils) as persistent_absence_pupils
    from pupil_months
    group by pupil_months.local_authority_code, pupil_months.academic_year, grouping sets ((pupil_months.seed_code), ())
),

places as (
    select
        wanted.local_authority_code,
        wanted.academic_year,
        wanted.seed_code,
        parts.mart,
        parts.part,
        case when parts.mart like 'absence_reasons%' then wanted.openings_absent
            else wanted.persistent_absence_pupils end as amount
    from wanted
    inner join (
        values
        ('absence_reasons_by_school', 'schools'), ('absence_reasons_by_authority', 'all'),
        ('absence_reasons_by_authority', 'sectors'), ('persistent_absence_by_school', 'schools'),
        ('persistent_absence_by_authority', 'all'), ('persistent_absence_by_authority', 'sector'),
        ('persistent_absence_by_authority', 'stage'), ('persistent_absence_by_authority', 'quintile')
    ) as parts (mart, part) on (wanted.seed_code = 0) = (parts.part <> 'schools')
),

marts as (
    select
        reasons.local_authority_code, reasons.academic_year, 'absence_reasons_by_school' as mart, 'schools' as part,
        reasons.seed_code::integer as seed_code, sum(reasons.openings) as amount, true as checksum_matches
    from {{ ref('absence_reasons_by_school') }} as reasons
    where {{ in_touched_scope('reasons') }}
    group by reasons.local_authority_code, reasons.academic_year, reasons.seed_code
    union all
    select
        reasons.local_authority_code, reasons.academic_year, 'absence_reasons_by_authority' as mart,
        case when reasons.sector = 'all' then 'all' else 'sectors' end as part,
        0 as seed_code, sum(reasons.openings) as amount, true as checksum_matches
    from {{ ref('absence_reasons_by_authority') }} as reasons
    where {{ in_touched_scope('reasons') }}
    group by reasons.local_authority_code, reasons.academic_year, reasons.sector = 'all'
    union all
    select
        persistent.local_authority_code, persistent.academic_year, 'persistent_absence_by_school' as mart,
        'schools' as part, persistent.seed_code::integer as seed_code, sum(persistent.pupils) as amount,
        bool_and({{ bands_add_up('persistent') }}) as checksum_matches
    from {{ ref('persistent_absence_by_school') }} as persistent
    where {{ in_touched_scope('persistent') }}
    group by persistent.local_authority_code, persistent.academic_year, persistent.seed_code
    union all
    select
        persistent.local_authority_code, persistent.academic_year, 'persistent_absence_by_authority' as mart,
        case when persistent.value = 'all' then 'all' else persistent.breakdown end as part,
        0 as seed_code, sum(persistent.pupils) as amount,
        bool_and({{ bands_add_up('persistent') }}) as checksum_matches
    from {{ ref('persistent_absence_by_authority') }} as persistent
    where {{ in_touched_scope('persistent') }}
    group by
        persistent.local_authority_code, persistent.academic_year,
        case when persistent.value = 'all' then 'all' else persistent.breakdown end
),

balanced as (
    select
        local_authority_code,
        academic_year,
        'pupil months to marts' as hop,
        mart,
        part,
        seed_code,
        coalesce(places.amount, 0)::bigint as amount_in,
        coalesce(marts.amount, 0)::bigint as amount_out,
        coalesce(marts.checksum_matches, true) as checksum_matches
    from places
    full join marts using (local_authority_code, academic_year, mart, part, seed_code)
)

select * from balanced
