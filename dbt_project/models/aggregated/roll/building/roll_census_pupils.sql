with pupils as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.pupil_token,
        lpad(pupils.seed_code::text, 7, '0') as seed_code,
        pupils.sector,
        pupils.stage,
        pupils.sex,
        pupils.simd_quintile,
        case pupils.simd_quintile
            when '1' then 'most_deprived_fifth'
            when '2' then 'second_fifth'
            else 'rest'
        end as deprivation_group,
        pupils.english_as_additional_language,
        case
            when pupils.stage in ('P1', 'P2', 'P3', 'P4', 'P5', 'unknown') then 'not asked'
            when pupils.free_meal_registered then 'registered'
            else 'not registered'
        end as free_meals,
        case when pupils.is_taught_in_gaelic then 'yes' else 'no' end as taught_in_gaelic,
        pupils.census_on
    from {{ ref('pseudonymised_census_roll') }} as pupils
)

select * from pupils
order by pupils.pupil_token
