"""A declared subject between database and engine: persons, memory, rows, attack. Nothing here is of one subject."""
