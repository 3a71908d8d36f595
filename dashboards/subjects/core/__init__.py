"""Pages over all subjects: what to look at this morning, how good the data is, what the figures mean."""
