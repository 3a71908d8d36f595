with files_in_force as (
    select * from {{ source('control', 'files_in_force') }}
),

instants as (
    select distinct -- two deliveries may hold the same one
        files_in_force.local_authority_code,
        files_in_force.academic_year,
        files_in_force.feed,
        files_in_force.extracted_at
    from files_in_force
),

next_instants as (
    select
        instants.*,
        lead(instants.extracted_at) over (
            partition by instants.local_authority_code, instants.academic_year, instants.feed
            order by instants.extracted_at
        ) as next_extracted_at
    from instants
)

select
    files_in_force.file_id,
    files_in_force.delivery_id,
    files_in_force.local_authority_code,
    files_in_force.feed,
    files_in_force.academic_year,
    files_in_force.extracted_at,
    next_instants.next_extracted_at,
    files_in_force.extract_date,
    files_in_force.sequence
from files_in_force
left join next_instants
    on files_in_force.local_authority_code = next_instants.local_authority_code
    and files_in_force.academic_year = next_instants.academic_year
    and files_in_force.feed = next_instants.feed
    and files_in_force.extracted_at = next_instants.extracted_at
