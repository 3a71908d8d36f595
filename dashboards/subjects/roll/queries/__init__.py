"""What pages of the roll ask the database."""
