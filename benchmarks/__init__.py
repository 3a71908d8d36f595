"""Measurements: side by side, in one run, written into docs."""
