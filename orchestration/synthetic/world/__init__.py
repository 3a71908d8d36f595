"""The made-up authority: its people, their enrolments, and every mark of a year."""
