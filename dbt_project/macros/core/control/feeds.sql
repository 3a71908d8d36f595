{#- Made from the contracts by `warehouse contracts`: do not edit. Every feed that is collected: whether its rows name
    an establishment, and the hash of a row with all its values. -#}
{% macro feeds() %}
    {{ return({
        'attendance': {
            'has_establishment': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, attendance._row_number, coalesce(attendance.scn::text, '~'), coalesce(attendance.seed_code::text, '~'), coalesce(attendance.attendance_date::text, '~'), coalesce(attendance.opening::text, '~'), coalesce(attendance.attendance_code::text, '~'), coalesce((extract(epoch from attendance.recorded_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
        'calendar': {
            'has_establishment': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, calendar._row_number, coalesce(calendar.seed_code::text, '~'), coalesce(calendar.opening_date::text, '~'), coalesce(calendar.opening::text, '~'), case when calendar.is_open then 'Y' when not calendar.is_open then 'N' else '~' end, coalesce(calendar.reason::text, '~'), coalesce((extract(epoch from calendar.updated_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
        'cfe_levels': {
            'has_establishment': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, cfe_levels._row_number, coalesce(cfe_levels.scn::text, '~'), coalesce(cfe_levels.academic_year::text, '~'), coalesce(cfe_levels.organiser::text, '~'), coalesce(cfe_levels.language::text, '~'), coalesce(cfe_levels.seed_code::text, '~'), coalesce(cfe_levels.stage::text, '~'), coalesce(cfe_levels.level_achieved::text, '~'), coalesce(cfe_levels.assessed_on::text, '~'), coalesce((extract(epoch from cfe_levels.recorded_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
        'cfe_tracking': {
            'has_establishment': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, cfe_tracking._row_number, coalesce(cfe_tracking.scn::text, '~'), coalesce(cfe_tracking.academic_year::text, '~'), coalesce(cfe_tracking.collection::text, '~'), coalesce(cfe_tracking.organiser::text, '~'), coalesce(cfe_tracking.language::text, '~'), coalesce(cfe_tracking.seed_code::text, '~'), coalesce(cfe_tracking.stage::text, '~'), coalesce(cfe_tracking.predicted_level::text, '~'), coalesce(cfe_tracking.on_track::text, '~'), coalesce(cfe_tracking.progress::text, '~'), coalesce((extract(epoch from cfe_tracking.recorded_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
        'enrolments': {
            'has_establishment': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, enrolments._row_number, coalesce(enrolments.scn::text, '~'), coalesce(enrolments.seed_code::text, '~'), coalesce(enrolments.entry_date::text, '~'), coalesce(enrolments.leaving_date::text, '~'), coalesce(enrolments.stage::text, '~'), coalesce(enrolments.registration_class::text, '~'), case when enrolments.is_base_school then 'Y' when not enrolments.is_base_school then 'N' else '~' end, coalesce(enrolments.status::text, '~'), coalesce(enrolments.mode_of_attendance::text, '~'), coalesce(enrolments.leaving_reason::text, '~'), coalesce((extract(epoch from enrolments.updated_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
        'establishments': {
            'has_establishment': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, establishments._row_number, coalesce(establishments.seed_code::text, '~'), coalesce(establishments.establishment_name::text, '~'), coalesce(establishments.local_authority_code::text, '~'), coalesce(establishments.sector::text, '~'), coalesce(establishments.denomination::text, '~'), case when establishments.gaelic_medium then 'Y' when not establishments.gaelic_medium then 'N' else '~' end, coalesce(establishments.half_day_openings_per_week::text, '~'), coalesce(establishments.planning_capacity::text, '~'), coalesce(establishments.working_capacity::text, '~'), coalesce(establishments.capacity_as_at::text, '~'), coalesce(establishments.condition::text, '~'), coalesce(establishments.suitability::text, '~'), coalesce(establishments.medium_of_education::text, '~'), case when establishments.integrated_special_unit then 'Y' when not establishments.integrated_special_unit then 'N' else '~' end, coalesce(establishments.opened_on::text, '~'), coalesce(establishments.closed_on::text, '~'), coalesce(establishments.mothballed_on::text, '~'))), 15))::bit(60)::bigint",
        },
        'leavers': {
            'has_establishment': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, leavers._row_number, coalesce(leavers.scn::text, '~'), coalesce(leavers.academic_year::text, '~'), coalesce(leavers.seed_code::text, '~'), coalesce(leavers.leaving_stage::text, '~'), coalesce(leavers.leaving_date::text, '~'), coalesce(leavers.initial_destination::text, '~'), coalesce(leavers.initial_as_at::text, '~'), coalesce(leavers.follow_up_destination::text, '~'), coalesce(leavers.follow_up_as_at::text, '~'), coalesce((extract(epoch from leavers.recorded_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
        'pupils': {
            'has_establishment': false,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, pupils._row_number, coalesce(pupils.scn::text, '~'), coalesce(pupils.seemis_pupil_id::text, '~'), coalesce(pupils.forename::text, '~'), coalesce(pupils.surname::text, '~'), coalesce(pupils.known_as::text, '~'), coalesce(pupils.date_of_birth::text, '~'), coalesce(pupils.sex::text, '~'), coalesce(pupils.data_zone_code::text, '~'), coalesce(pupils.ethnicity_code::text, '~'), coalesce(pupils.main_home_language::text, '~'), coalesce(pupils.english_level::text, '~'), coalesce(pupils.looked_after::text, '~'), case when pupils.free_meal_registered then 'Y' when not pupils.free_meal_registered then 'N' else '~' end, coalesce(pupils.gaelic_education::text, '~'), coalesce(pupils.disability::text, '~'), coalesce(pupils.national_identity::text, '~'), coalesce((extract(epoch from pupils.updated_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
        'qualifications': {
            'has_establishment': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, qualifications._row_number, coalesce(qualifications.scn::text, '~'), coalesce(qualifications.academic_year::text, '~'), coalesce(qualifications.course_code::text, '~'), coalesce(qualifications.subject::text, '~'), coalesce(qualifications.subject_group::text, '~'), coalesce(qualifications.seed_code::text, '~'), coalesce(qualifications.presenting_seed_code::text, '~'), coalesce(qualifications.stage::text, '~'), coalesce(qualifications.scqf_level::text, '~'), coalesce(qualifications.award_type::text, '~'), coalesce(qualifications.provider::text, '~'), coalesce(qualifications.entry_status::text, '~'), coalesce(qualifications.grade::text, '~'), coalesce(qualifications.result_band::text, '~'), coalesce(qualifications.scqf_credit_points::text, '~'), coalesce(qualifications.result_stage::text, '~'), coalesce(qualifications.awarded_on::text, '~'), coalesce((extract(epoch from qualifications.recorded_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
        'support_needs': {
            'has_establishment': false,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, support_needs._row_number, coalesce(support_needs.scn::text, '~'), coalesce(support_needs.start_date::text, '~'), coalesce(support_needs.plan_type::text, '~'), coalesce(support_needs.need_code::text, '~'), coalesce(support_needs.nature_of_support::text, '~'), coalesce(support_needs.mainstream_integration::text, '~'), coalesce(support_needs.end_date::text, '~'), coalesce((extract(epoch from support_needs.updated_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
    }) }}
{% endmacro %}
