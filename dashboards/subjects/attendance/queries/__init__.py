"""Questions that pages ask of the released tables, where a page has too many for its own file."""
