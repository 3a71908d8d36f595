"""The warehouse: contracts, landing, identity, release, and the definitions that wire them."""
