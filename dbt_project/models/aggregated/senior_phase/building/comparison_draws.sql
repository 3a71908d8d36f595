{{ config(materialized='table') }}
{%- set size, draws = var('comparison_candidates'), var('comparison_draws') %}
-- Of each leaver so many others elsewhere who are alike: of the decile where there are enough, else of the quintile. The
-- first draw takes the first in the order of a keyed number, the next those after them, and so on round: none twice.
with leavers as (
    select * from {{ ref('comparison_leavers') }}
),

years as (
    select leavers.academic_year
    from leavers
    group by leavers.academic_year
    having count(distinct leavers.local_authority_code) >= {{ var('comparison_authorities') }}
),

pool as (
    select leavers.*
    from leavers
    inner join years on leavers.academic_year = years.academic_year
),

alike as (
    select
        pool.pupil_token,
        pool.local_authority_code,
        pool.academic_year,
        pool.seed_code,
        pool.sector,
        others.pupil_token as other_token,
        coalesce(pool.home_decile = others.home_decile, false) as is_of_decile,
        count(*) filter (where pool.home_decile = others.home_decile) over leaver as of_decile,
        {{ each_compared('others.{m}::integer as {m}') }}
    from pool
    inner join pool as others
        on pool.academic_year = others.academic_year
        and pool.sex = others.sex
        and pool.support_need = others.support_need
        and pool.leaving_stage = others.leaving_stage
        and pool.simd_quintile = others.simd_quintile
        and pool.local_authority_code <> others.local_authority_code
    window leaver as (partition by pool.pupil_token, pool.local_authority_code, pool.academic_year)
),

ordered as (
    select
        alike.*,
        row_number() over (
            partition by alike.pupil_token, alike.local_authority_code, alike.academic_year
            order by
                {{ draw_order('alike.pupil_token', 'alike.other_token', 'alike.academic_year') }}, alike.other_token
        ) - 1 as place,
        least(
            count(*) over (partition by alike.pupil_token, alike.local_authority_code, alike.academic_year),
            {{ size * draws }}
        ) as others
    from alike
    where alike.is_of_decile or alike.of_decile < {{ size }}
),

drawn as (
    select
        ordered.local_authority_code,
        ordered.seed_code,
        ordered.sector,
        ordered.academic_year,
        draws.draw,
        ordered.pupil_token,
        {{ each_compared('avg(ordered.{m}) as {m}') }}
    from ordered
    cross join generate_series(0, {{ draws - 1 }}) as draws (draw)
    where ordered.others >= {{ size }}
        and ordered.place < ordered.others
        -- places of a draw begin where those of the one before it end, and after the last comes the first
        and mod(ordered.place + {{ size }} * (ordered.others - mod(draws.draw, ordered.others)), ordered.others)
        < {{ size }}
    group by
        ordered.local_authority_code, ordered.seed_code, ordered.sector, ordered.academic_year, draws.draw,
        ordered.pupil_token
)

select
    drawn.local_authority_code,
    drawn.seed_code,
    drawn.sector,
    drawn.academic_year,
    drawn.draw,
    count(*)::integer as matched,
    {{ each_compared('avg(drawn.{m})::numeric(9, 8) as {m}') }}
from drawn
group by drawn.local_authority_code, drawn.seed_code, drawn.sector, drawn.academic_year, drawn.draw
