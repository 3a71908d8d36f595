{#- Made from the contracts by `warehouse contracts`: do not edit. Every feed that is collected, as models and
    the balance sheet need it:
      kind               snapshot or delta
      has_establishment  whether rows name one by seed_code
      has_pupil          whether rows name a pupil by scn
      has_own_models     staged and canonical models and lines of the balance sheet are written for it; else they follow
                         from here, and canonical_<feed> holds its rows one by one
      key, values        columns that identify a row, and the others
      year               the column from which a row's academic year follows; none: that of the extract
      day                the column with the day of what the row speaks of; none: that of the extract
      order, outranks    the column by which the newer row wins, and a column's value that goes before it
      every_days, latency_days, by, is_required   when it is expected, and whether every school has to send it
      row_hash           the hash of a row of raw with all its values
    #}
{% macro feeds() %}
    {{ return({
        'attendance': {
            'kind': 'delta',
            'has_establishment': true,
            'has_pupil': true,
            'has_own_models': true,
            'key': ['scn', 'seed_code', 'attendance_date', 'opening'],
            'values': ['attendance_code', 'recorded_at'],
            'year': 'attendance_date',
            'day': 'attendance_date',
            'order': 'recorded_at',
            'outranks': none,
            'every_days': 1,
            'latency_days': 1,
            'by': '07:00',
            'is_required': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, attendance._row_number, coalesce(attendance.scn::text, '~'), coalesce(attendance.seed_code::text, '~'), coalesce(attendance.attendance_date::text, '~'), coalesce(attendance.opening::text, '~'), coalesce(attendance.attendance_code::text, '~'), coalesce((extract(epoch from attendance.recorded_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
        'calendar': {
            'kind': 'snapshot',
            'has_establishment': true,
            'has_pupil': false,
            'has_own_models': true,
            'key': ['seed_code', 'opening_date', 'opening'],
            'values': ['is_open', 'reason', 'updated_at'],
            'year': 'opening_date',
            'day': 'opening_date',
            'order': none,
            'outranks': none,
            'every_days': 7,
            'latency_days': 1,
            'by': '07:00',
            'is_required': false,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, calendar._row_number, coalesce(calendar.seed_code::text, '~'), coalesce(calendar.opening_date::text, '~'), coalesce(calendar.opening::text, '~'), case when calendar.is_open then 'Y' when not calendar.is_open then 'N' else '~' end, coalesce(calendar.reason::text, '~'), coalesce((extract(epoch from calendar.updated_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
        'enrolments': {
            'kind': 'snapshot',
            'has_establishment': true,
            'has_pupil': true,
            'has_own_models': true,
            'key': ['scn', 'seed_code', 'entry_date'],
            'values': ['leaving_date', 'stage', 'registration_class', 'is_base_school', 'status', 'mode_of_attendance', 'leaving_reason', 'updated_at'],
            'year': none,
            'day': none,
            'order': none,
            'outranks': none,
            'every_days': 7,
            'latency_days': 1,
            'by': '07:00',
            'is_required': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, enrolments._row_number, coalesce(enrolments.scn::text, '~'), coalesce(enrolments.seed_code::text, '~'), coalesce(enrolments.entry_date::text, '~'), coalesce(enrolments.leaving_date::text, '~'), coalesce(enrolments.stage::text, '~'), coalesce(enrolments.registration_class::text, '~'), case when enrolments.is_base_school then 'Y' when not enrolments.is_base_school then 'N' else '~' end, coalesce(enrolments.status::text, '~'), coalesce(enrolments.mode_of_attendance::text, '~'), coalesce(enrolments.leaving_reason::text, '~'), coalesce((extract(epoch from enrolments.updated_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
        'establishments': {
            'kind': 'snapshot',
            'has_establishment': true,
            'has_pupil': false,
            'has_own_models': true,
            'key': ['seed_code'],
            'values': ['establishment_name', 'local_authority_code', 'sector', 'denomination', 'gaelic_medium', 'half_day_openings_per_week', 'planning_capacity', 'working_capacity', 'capacity_as_at', 'condition', 'suitability', 'medium_of_education', 'integrated_special_unit', 'opened_on', 'closed_on', 'mothballed_on'],
            'year': none,
            'day': none,
            'order': none,
            'outranks': none,
            'every_days': 7,
            'latency_days': 1,
            'by': '07:00',
            'is_required': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, establishments._row_number, coalesce(establishments.seed_code::text, '~'), coalesce(establishments.establishment_name::text, '~'), coalesce(establishments.local_authority_code::text, '~'), coalesce(establishments.sector::text, '~'), coalesce(establishments.denomination::text, '~'), case when establishments.gaelic_medium then 'Y' when not establishments.gaelic_medium then 'N' else '~' end, coalesce(establishments.half_day_openings_per_week::text, '~'), coalesce(establishments.planning_capacity::text, '~'), coalesce(establishments.working_capacity::text, '~'), coalesce(establishments.capacity_as_at::text, '~'), coalesce(establishments.condition::text, '~'), coalesce(establishments.suitability::text, '~'), coalesce(establishments.medium_of_education::text, '~'), case when establishments.integrated_special_unit then 'Y' when not establishments.integrated_special_unit then 'N' else '~' end, coalesce(establishments.opened_on::text, '~'), coalesce(establishments.closed_on::text, '~'), coalesce(establishments.mothballed_on::text, '~'))), 15))::bit(60)::bigint",
        },
        'pupils': {
            'kind': 'snapshot',
            'has_establishment': false,
            'has_pupil': true,
            'has_own_models': true,
            'key': ['scn', 'seemis_pupil_id'],
            'values': ['forename', 'surname', 'known_as', 'date_of_birth', 'sex', 'data_zone_code', 'ethnicity_code', 'main_home_language', 'english_level', 'looked_after', 'free_meal_registered', 'gaelic_education', 'disability', 'national_identity', 'updated_at'],
            'year': none,
            'day': none,
            'order': none,
            'outranks': none,
            'every_days': 7,
            'latency_days': 1,
            'by': '07:00',
            'is_required': true,
            'row_hash': "('x' || left(md5(concat_ws(chr(31), content_salt.salt, pupils._row_number, coalesce(pupils.scn::text, '~'), coalesce(pupils.seemis_pupil_id::text, '~'), coalesce(pupils.forename::text, '~'), coalesce(pupils.surname::text, '~'), coalesce(pupils.known_as::text, '~'), coalesce(pupils.date_of_birth::text, '~'), coalesce(pupils.sex::text, '~'), coalesce(pupils.data_zone_code::text, '~'), coalesce(pupils.ethnicity_code::text, '~'), coalesce(pupils.main_home_language::text, '~'), coalesce(pupils.english_level::text, '~'), coalesce(pupils.looked_after::text, '~'), case when pupils.free_meal_registered then 'Y' when not pupils.free_meal_registered then 'N' else '~' end, coalesce(pupils.gaelic_education::text, '~'), coalesce(pupils.disability::text, '~'), coalesce(pupils.national_identity::text, '~'), coalesce((extract(epoch from pupils.updated_at) * 1000000)::bigint::text, '~'))), 15))::bit(60)::bigint",
        },
    }) }}
{% endmacro %}
