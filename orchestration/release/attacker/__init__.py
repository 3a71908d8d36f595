"""An attacker that sees what readers see, and works out what it can (RULES 46). It shares no code with protection."""
