-- Rules 1 and 2: every SCN that a person ever had leads to that person. Where two SEEMiS ids of one authority
-- have held an SCN, it leads at each date to the one that held it in the snapshot in force then. A placeholder is
-- nobody's, and leads to nobody.
with pupils as (
    select * from {{ ref('stg_seemis__pupils') }} as pupils
    where pupils.has_placeholder_scn is not true
),

identities as (
    select * from {{ ref('stg_vault__identities') }}
),

holders as (
    select
        pupils.local_authority_code,
        pupils.scn,
        min(identities.pupil_id) as pupil_id,
        min(identities.pupil_id) <> max(identities.pupil_id) as is_shared
    from pupils
    inner join identities
        on pupils.local_authority_code = identities.local_authority_code
        and pupils.seemis_pupil_id = identities.seemis_pupil_id
    where {{ in_touched_scope('pupils') }}
    group by pupils.local_authority_code, pupils.scn
),

shared_in_snapshots as (
    select distinct on (pupils.local_authority_code, pupils.scn, {{ day_of('pupils.extracted_at') }})
        pupils.local_authority_code,
        pupils.scn,
        {{ day_of('pupils.extracted_at') }} as snapshot_on,
        identities.pupil_id
    from pupils
    inner join identities
        on pupils.local_authority_code = identities.local_authority_code
        and pupils.seemis_pupil_id = identities.seemis_pupil_id
    inner join holders
        on pupils.local_authority_code = holders.local_authority_code
        and pupils.scn = holders.scn
    where holders.is_shared
    order by
        pupils.local_authority_code, pupils.scn, {{ day_of('pupils.extracted_at') }},
        pupils.extracted_at desc, pupils.extract_date desc, pupils.sequence desc,
        pupils.updated_at desc, pupils._row_number desc
),

changes_of_holder as (
    select
        shared_in_snapshots.*,
        lag(shared_in_snapshots.pupil_id) over in_order as previous_pupil_id
    from shared_in_snapshots
    window in_order as (
        partition by shared_in_snapshots.local_authority_code, shared_in_snapshots.scn
        order by shared_in_snapshots.snapshot_on
    )
),

shared_periods as (
    select
        changes_of_holder.local_authority_code,
        changes_of_holder.scn,
        case
            when changes_of_holder.previous_pupil_id is null then date '1900-01-01'
            else changes_of_holder.snapshot_on
        end as valid_from,
        coalesce(lead(changes_of_holder.snapshot_on) over in_order - 1, date '2999-12-31') as valid_to,
        changes_of_holder.pupil_id,
        true as is_shared
    from changes_of_holder
    where changes_of_holder.pupil_id is distinct from changes_of_holder.previous_pupil_id
    window in_order as (
        partition by changes_of_holder.local_authority_code, changes_of_holder.scn
        order by changes_of_holder.snapshot_on
    )
),

resolved as (
    select * from shared_periods
    union all
    select
        holders.local_authority_code,
        holders.scn,
        date '1900-01-01' as valid_from,
        date '2999-12-31' as valid_to,
        holders.pupil_id,
        false as is_shared
    from holders
    where not holders.is_shared
)

select
    resolved.local_authority_code,
    resolved.scn,
    resolved.valid_from,
    resolved.valid_to,
    resolved.pupil_id,
    resolved.is_shared
from resolved
