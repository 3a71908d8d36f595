"""Disclosure control: what of an authority's rows is hidden, and what could be worked out of the rest."""
