"""The subject roll: who is on roll at the census, by school and for the whole authority."""
