"""What pages of the senior phase ask of released tables."""
