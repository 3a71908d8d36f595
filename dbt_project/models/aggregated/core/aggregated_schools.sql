with profiles as (
    select
        profiles.*,
        max(profiles.academic_year) over (partition by profiles.local_authority_code) as latest_year
    from {{ ref('pseudonymised_schools') }} as profiles
    where {{ in_touched_scope('profiles') }}
),

schools as (
    select
        school_facts.local_authority_code,
        school_facts.seed_code,
        school_facts.sector,
        school_facts.academic_year,
        profiles.school_name,
        profiles.denomination,
        profiles.gaelic_medium,
        profiles.medium_of_education,
        profiles.half_day_openings_per_week,
        profiles.capacity,
        profiles.integrated_special_unit,
        profiles.opened_on,
        profiles.closed_on,
        profiles.mothballed_on,
        profiles.pupils,
        school_facts.calendar_source,
        school_facts.is_provisional,
        school_facts.data_as_at,
        coalesce(totals.behind_pupils, 0) as behind_pupils,
        totals.behind_smallest_month,
        totals.behind_largest_month,
        case when not school_facts.are_totals_due then 'not_yet_due' end as withheld
    from profiles
    inner join {{ ref('school_facts') }} as school_facts
        on school_facts.local_authority_code = profiles.local_authority_code
            and school_facts.academic_year = profiles.academic_year
            and school_facts.seed_code = lpad(profiles.seed_code::text, 7, '0')
            and school_facts.sector = profiles.sector
    left join {{ ref('attendance_of_schools') }} as totals
        on totals.local_authority_code = school_facts.local_authority_code
            and totals.academic_year = school_facts.academic_year
            and totals.seed_code = school_facts.seed_code
            and totals.sector = school_facts.sector
            and totals.breakdown = 'all'
    where profiles.academic_year = profiles.latest_year
)

select * from schools
