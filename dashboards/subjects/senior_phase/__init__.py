"""Awards and destinations of leavers, and results of the S4 roll by the end of S4, S5 and S6."""
