"""Figures of the roll as typed values, without the database."""
