"""Definitions of the step: upkeep."""
