"""What pages over all subjects ask of released tables, in the scope of their reader."""
