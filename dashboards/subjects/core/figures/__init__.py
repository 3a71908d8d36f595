"""What several pages work out from released rows: plain values in, typed figures out, no query and no HTML."""
