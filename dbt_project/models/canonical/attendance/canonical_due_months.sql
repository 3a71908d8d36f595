-- Rule 9: half days up to data_as_at, as bits; nothing later is expected.
with data_as_at as (
    select * from {{ ref('canonical_data_as_at') }} as data_as_at
    where {{ in_touched_scope('data_as_at') }}
),

months as (
    select
        data_as_at.*,
        months.month::date as month
    from data_as_at
    cross join lateral generate_series(
        make_timestamp(left(data_as_at.academic_year, 4)::integer, 8, 1, 0, 0, 0),
        data_as_at.last_month::timestamp,
        interval '1 month'
    ) as months (month)
)

select
    months.local_authority_code,
    months.academic_year,
    months.month,
    case
        when months.data_as_at is null then 0
        else {{ slots_between('months.month', 'months.data_as_at', 'months.month') }}
            & ~case
                when months.data_as_at_opening = 'AM'
                    and months.month = date_trunc('month', months.data_as_at::timestamp)::date
                    then {{ slot_of('months.data_as_at', "'PM'") }}
                else 0
            end
    end as due_slots
from months
