"""Attendance: pages of an authority, of its schools, of a school."""
