-- What the authority delivered of its establishments comes first; the published list of schools fills in
-- those that it did not.
with establishments as (
    select * from {{ ref('canonical_establishments') }}
),

schools as (
    select * from {{ ref('schools') }}
),

authorities as (
    select distinct delivered_years.local_authority_code -- one authority of its years
    from {{ ref('canonical_delivered_years') }} as delivered_years
),

delivered as (
    select
        establishments.local_authority_code,
        establishments.seed_code,
        departments.sector,
        departments.position::smallint as position
    from establishments
    cross join lateral unnest(string_to_array(establishments.departments, '+'))
        with ordinality as departments (sector, position)
),

published as (
    select
        authorities.local_authority_code,
        schools.seed_code,
        schools.sector,
        row_number() over (
            partition by authorities.local_authority_code, schools.seed_code
            order by schools.sector
        )::smallint as position
    from authorities
    inner join schools on authorities.local_authority_code = schools.local_authority_code
    where not exists (
        select 1
        from delivered
        where delivered.local_authority_code = authorities.local_authority_code
            and delivered.seed_code = schools.seed_code
    )
),

departments as (
    select * from delivered
    union all
    select * from published
)

select
    departments.local_authority_code,
    departments.seed_code,
    departments.sector,
    departments.position
from departments
where {{ in_touched_scope('departments') }}
