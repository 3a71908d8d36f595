"""What is planted into deliveries that goes wrong, and what must become of it."""
