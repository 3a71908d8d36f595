"""What pages of the senior phase work out from released rows."""
