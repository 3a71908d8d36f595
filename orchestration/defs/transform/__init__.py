"""Definitions of the step: transform."""
