"""Changes of shown figures of attendance: whose contribution changed, and which rows stand as they were (RULES 44)."""
