"""What pages of attainment ask: released tables, and the published series that stand beside them."""
