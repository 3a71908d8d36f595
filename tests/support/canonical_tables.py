"""Tables of the layers, and how one state of them is compared with another."""

# What the layers hold, without the numbers that depend on the order of arrival: persons by their SEEMiS id.
# Files are named by delivery and feed.
COMPARED = {
    "openings": """
        select openings.local_authority_code, attendance_date, opening, person, seed_code, attendance_code,
            recorded_at, file, _row_number
        from canonical.attendance_openings as openings inner join people using (pupil_id)
        inner join files on files.file_id = openings._file_id""",
    "superseded": """
        select attendance_date, opening, person, seed_code, attendance_code, file, _row_number
        from canonical.superseded_openings as rows inner join people using (pupil_id)
        inner join files on files.file_id = rows._file_id""",
    "left_out": """
        select reason, attendance_date, opening, person, seed_code, attendance_code, file, _row_number
        from canonical.openings_left_out as rows inner join people using (pupil_id)
        inner join files on files.file_id = rows._file_id""",
    "held": """
        select attendance_date, opening, seed_code, attendance_code, file, _row_number
        from canonical.held_openings as rows inner join files on files.file_id = rows._file_id""",
    "issues": """
        select kind, academic_year, seed_code, coalesce(person, ''), coalesce(file, ''), example_row_number, row_count,
            first_on
        from canonical.identity_issues as issues left join people using (pupil_id)
        left join files on files.file_id = issues.file_id""",
}
BY_PERSON = (
    "canonical.pupils", "canonical.pupil_scns", "canonical.scns_elsewhere", "canonical.enrolments",
    "canonical.enrolment_years", "canonical.marked_months", "canonical.marked_schools", "canonical.enrolled_months",
    "canonical.reference_days",
    "canonical.characteristics", "canonical.base_schools", "canonical.pupil_years",
)  # fmt: skip
BY_TOKEN = (
    "pseudonymised.pupil_years", "pseudonymised.attendance_pupil_months",
    "pseudonymised.attendance_pupil_weekday_codes", "pseudonymised.attendance_openings",
)  # fmt: skip
AS_IS = (
    "canonical.establishments", "canonical.departments", "canonical.delivered_half_days", "canonical.school_months",
    "canonical.stage_half_days", "canonical.tested_half_days", "canonical.half_days_like_others",
    "canonical.lost_half_days", "canonical.calendar", "canonical.study_leave", "canonical.last_marked",
    "canonical.data_as_at", "canonical.delivered_years", "canonical.schools_on_roll", "pseudonymised.school_years",
    "pseudonymised.school_weekdays", "pseudonymised.school_weeks", "pseudonymised.schools",
)  # fmt: skip
SUPPORT = """
create temporary view people as
    select pupil_id, string_agg(name, ',' order by name) as person
    from (select pupil_id, local_authority_code || '|' || seemis_pupil_id as name from vault.identity_map) as names
    group by pupil_id;
create temporary view files as
    select file_id, delivery_key || '/' || feed as file
    from control.files inner join control.deliveries using (delivery_id)
"""
