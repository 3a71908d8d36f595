{{ config(incremental_strategy='follow_changes', pre_hook=in_one_process()) }}

{# position in a packed sum: see canonical_code_weights #}
{% set counts = {
    'openings_attended': 0, 'openings_late': 6, 'openings_authorised': 1, 'openings_unauthorised': 2,
    'openings_excluded': 3, 'openings_unknown_reason': 4, 'openings_not_counted': 5,
} %}
{# half days with a mark of a kind, by the position of its count #}
{% set slots = {'attended_slots': 0, 'not_counted_slots': 5} %}
with openings as (
    select * from {{ ref('canonical_attendance_openings') }} as openings
    where {{ rebuilt_openings('openings') }}
),

days as (
    select * from {{ ref('canonical_days') }}
),

code_weights as (
    select * from {{ ref('canonical_code_weights') }}
),

months as (
    select
        openings.local_authority_code,
        openings.pupil_id,
        openings.seed_code,
        days.month,
        sum(code_weights.category_weight)::bigint as packed,
        bit_or({{ slot_on('days', 'openings.opening') }}) as marked_slots,
        {%- for column, category in slots.items() %}
        coalesce(bit_or({{ slot_on('days', 'openings.opening') }}) filter (
            where {{ in_category('code_weights', category) }}
        ), 0) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from openings
    inner join days on openings.attendance_date = days.attendance_date
    inner join code_weights on openings.attendance_code = code_weights.attendance_code
    group by openings.local_authority_code, openings.pupil_id, openings.seed_code, days.month
)

{% if is_incremental() %},
changes as ({{ net_changes() }}),

changed_months as (
    select
        changes.local_authority_code,
        changes.academic_year,
        changes.pupil_id,
        changes.seed_code,
        days.month,
        coalesce(sum(weights_before.category_weight), 0)::bigint as packed_before,
        coalesce(sum(weights_after.category_weight), 0)::bigint as packed_after,
        coalesce(bit_or({{ slot_on('days', 'changes.opening') }}) filter (where changes.code_before is null), 0) as slots_added,
        coalesce(bit_or({{ slot_on('days', 'changes.opening') }}) filter (where changes.code_after is null), 0) as slots_removed,
        {%- for column, category in slots.items() %}
        coalesce(bit_or({{ slot_on('days', 'changes.opening') }}) filter (
            where {{ in_category('weights_before', category) }}
        ), 0) as {{ column }}_before,
        coalesce(bit_or({{ slot_on('days', 'changes.opening') }}) filter (
            where {{ in_category('weights_after', category) }}
        ), 0) as {{ column }}_after{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    inner join days on changes.attendance_date = days.attendance_date
    left join code_weights as weights_before on changes.code_before = weights_before.attendance_code
    left join code_weights as weights_after on changes.code_after = weights_after.attendance_code
    where changes.code_before is distinct from changes.code_after
    group by
        changes.local_authority_code, changes.academic_year, changes.pupil_id, changes.seed_code,
        days.month
)
{% endif %}

select
    months.local_authority_code,
    {{ academic_year_of('months.month') }} as academic_year,
    months.pupil_id,
    months.seed_code,
    months.month,
    {%- for column, category in counts.items() %}
    {{ unpacked('months.packed', category) }} as {{ column }},
    {%- endfor %}
    months.marked_slots,
    months.attended_slots,
    months.not_counted_slots
from months
{% if is_incremental() %}
union all
select
    changed_months.local_authority_code,
    changed_months.academic_year,
    changed_months.pupil_id,
    changed_months.seed_code,
    changed_months.month,
    {%- for column, category in counts.items() %}
    coalesce(standing.{{ column }}, 0)
    + {{ unpacked('changed_months.packed_after', category) }}
    - {{ unpacked('changed_months.packed_before', category) }} as {{ column }},
    {%- endfor %}
    (coalesce(standing.marked_slots, 0) & ~changed_months.slots_removed) | changed_months.slots_added as marked_slots,
    {%- for column in slots %}
    (coalesce(standing.{{ column }}, 0) & ~changed_months.{{ column }}_before)
    | changed_months.{{ column }}_after as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from changed_months
left join {{ this }} as standing
    on changed_months.pupil_id = standing.pupil_id
    and changed_months.seed_code = standing.seed_code
    and changed_months.month = standing.month
    and changed_months.local_authority_code = standing.local_authority_code
{% endif %}
