with facts as (
    select
        facts.local_authority_code,
        facts.seed_code,
        facts.sector,
        facts.academic_year
    from {{ ref('school_facts') }} as facts
    where {{ in_touched_scope('facts') }}
),

-- what is published can be had by anybody; a share that is not, is not made up for
published as (
    select
        rolls.census_year,
        lpad(rolls.seed_code::text, 7, '0') as seed_code,
        rolls.sector,
        rolls.roll,
        rolls.simd_1::numeric / rolls.roll as most_deprived_share
    from {{ ref('school_rolls') }} as rolls
    where rolls.roll > 0 and rolls.simd_1 is not null
),

censuses as (
    select
        facts.academic_year,
        max(rolls.census_year) as census_year
    from (select distinct facts.academic_year from facts) as facts -- a year for all its schools
    inner join {{ ref('school_rolls') }} as rolls on left(facts.academic_year, 4)::integer >= rolls.census_year
    group by facts.academic_year
),

described as (
    select
        facts.*,
        censuses.census_year,
        published.roll,
        published.most_deprived_share
    from facts
    left join censuses using (academic_year)
    left join published using (census_year, seed_code, sector)
),

pairs as (
    select
        own.local_authority_code,
        own.seed_code,
        own.sector,
        own.academic_year,
        own.census_year,
        other.seed_code as similar_seed_code,
        abs(ln(other.roll::numeric / own.roll)) / ln({{ var('similar_schools_roll_ratio') }}::numeric)
        + abs(other.most_deprived_share - own.most_deprived_share) / {{ var('similar_schools_share_difference') }}
            as distance
    from described as own
    inner join described as other using (local_authority_code, sector, academic_year)
    where
        own.seed_code <> other.seed_code
        and greatest(own.roll, other.roll)::numeric / least(own.roll, other.roll)
        <= {{ var('similar_schools_roll_ratio') }}
        and abs(other.most_deprived_share - own.most_deprived_share) <= {{ var('similar_schools_share_difference') }}
),

nearest as (
    select
        pairs.*,
        row_number() over (
            partition by pairs.local_authority_code, pairs.academic_year, pairs.seed_code, pairs.sector
            order by pairs.distance, pairs.similar_seed_code
        ) as position
    from pairs
),

closest as (
    select
        nearest.local_authority_code,
        nearest.seed_code,
        nearest.sector,
        nearest.academic_year,
        nearest.similar_seed_code,
        nearest.census_year,
        nearest.position::smallint as position
    from nearest
    where nearest.position <= {{ var('similar_schools_at_most') }}
)

select * from closest
