"""What a subject declares in ``release.yml``: who stands behind its figures, and what readers see (RULES 41)."""
