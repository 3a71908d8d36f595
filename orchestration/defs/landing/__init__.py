"""Definitions of the step: landing."""
