"""The tables that readers see: what is declared of them, how they are made, and what is written into them."""
