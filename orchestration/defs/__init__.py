"""What Dagster runs: one folder per step, definitions only; the work itself is plain functions elsewhere."""
