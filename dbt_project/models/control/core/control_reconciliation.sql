with lines as (
    select
        lines.hop,
        lines.delivery_key,
        lines.local_authority_code,
        lines.academic_year,
        lines.feed,
        lines.subject,
        lines.seed_code,
        lines.mart,
        lines.part,
        lines.amount_in,
        lines.amount_out,
        lines.explained,
        lines.difference,
        lines.checksum_matches,
        lines.is_closed
    from {{ ref('control_balance_lines') }} as lines
)

select * from lines
