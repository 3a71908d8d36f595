-- Release writes the rows, out of released rows and the clusters that access is given by; this says which columns
-- they have.
with attendance_by_cluster as (
    select
        schools.local_authority_code,
        schools.seed_code,
        schools.sector,
        schools.academic_year,
        clusters.cluster_name,
        schools.schools_counted,
        schools.attendance_rate,
        years.data_as_at
    from {{ ref('similar_schools') }} as schools
    inner join {{ ref('attendance_by_school_year') }} as years
        using (local_authority_code, seed_code, sector, academic_year)
    inner join {{ ref('clusters') }} as clusters using (local_authority_code, seed_code, sector)
    where false
)

select * from attendance_by_cluster
