-- What: per delivery, feed, establishment and step, what went in came out or is explained, and the keys are the same.
-- When it matters: a break means lost, doubled or altered rows; the authority named is not released until it is gone.
-- How to fix: `warehouse reconcile` lists the lines. A break in "file to raw" or "raw to canonical" of one delivery:
-- replay the delivery. A break further down: rebuild the layers above raw with `warehouse dbt -- build --full-refresh`.
-- Fails the check, not the run: the release holds back the authority that the line is about, and no other.
{{ config(meta={'gate': 'release'}) }}

select
    reconciliation.local_authority_code,
    reconciliation.academic_year,
    reconciliation.hop,
    reconciliation.delivery_key,
    reconciliation.seed_code,
    reconciliation.mart,
    reconciliation.difference,
    reconciliation.checksum_matches
from {{ ref('control_reconciliation') }} as reconciliation
where not reconciliation.is_closed
