-- Rule 3. Made anew whole, since what one authority delivers is a case of another one too.
with pupil_scns as (
    select * from {{ ref('canonical_pupil_scns') }} as pupil_scns
    where {{ in_touched_scope('pupil_scns') }}
)

select distinct -- an SCN may have several periods in both
    here.local_authority_code,
    here.scn,
    elsewhere.pupil_id
from pupil_scns as here
inner join pupil_scns as elsewhere
    on here.scn = elsewhere.scn
    and here.local_authority_code <> elsewhere.local_authority_code
