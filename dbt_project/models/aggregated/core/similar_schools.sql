with facts as (
    select
        facts.local_authority_code,
        facts.seed_code,
        facts.sector,
        facts.academic_year
    from {{ ref('school_facts') }} as facts
    where {{ in_touched_scope('facts') }}
),

lists as (
    select
        pairs.local_authority_code,
        pairs.seed_code,
        pairs.sector,
        pairs.academic_year,
        max(pairs.census_year) as census_year,
        array_agg(pairs.similar_seed_code || ' ' || pairs.sector order by pairs.position) as similar_to
    from {{ ref('similar_school_pairs') }} as pairs
    where {{ in_touched_scope('pairs') }}
    group by pairs.local_authority_code, pairs.seed_code, pairs.sector, pairs.academic_year
),

similar_schools as (
    select
        facts.local_authority_code,
        facts.seed_code,
        facts.sector,
        facts.academic_year,
        coalesce(lists.similar_to, '{}') as similar_to,
        {{ similar_schools_rule('lists.census_year') }} as rule,
        coalesce(cardinality(lists.similar_to), 0) as schools_counted,
        null::numeric(9, 8) as attendance_rate,
        {{ var('similar_schools_at_least') }} as schools_needed
    from facts
    left join lists using (local_authority_code, seed_code, sector, academic_year)
)

select * from similar_schools
