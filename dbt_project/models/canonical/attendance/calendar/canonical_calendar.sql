-- Rules 7 and 8.
with delivered as (
    select * from {{ ref('canonical_delivered_half_days') }} as delivered
    where {{ in_touched_scope('delivered') }}
),

tested as (
    select * from {{ ref('canonical_tested_half_days') }} as tested
    where {{ in_touched_scope('tested') }} and tested.is_open
),

like_others as (
    select * from {{ ref('canonical_half_days_like_others') }} as like_others
    where {{ in_touched_scope('like_others') }}
),

lost as (
    select * from {{ ref('canonical_lost_half_days') }} as lost
    where {{ in_touched_scope('lost') }}
),

inferred as (
    select local_authority_code, academic_year, seed_code, opening_date, opening from tested
    union
    select local_authority_code, academic_year, seed_code, opening_date, opening from like_others
    union
    select local_authority_code, academic_year, seed_code, opening_date, opening from lost
)

select
    delivered.local_authority_code,
    delivered.academic_year,
    delivered.seed_code,
    delivered.opening_date,
    delivered.opening,
    delivered.is_open,
    'delivered' as calendar_source
from delivered
union all
select
    inferred.local_authority_code,
    inferred.academic_year,
    inferred.seed_code,
    inferred.opening_date,
    inferred.opening,
    true as is_open,
    'inferred' as calendar_source
from inferred
