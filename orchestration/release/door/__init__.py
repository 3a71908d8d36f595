"""The door: gate, protection, attack, and the differences applied in one transaction."""
