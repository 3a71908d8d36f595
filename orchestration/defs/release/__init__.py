"""Definitions of the step: release."""
