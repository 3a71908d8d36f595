"""Pages about attainment: levels of the curriculum achieved in the return of June, by council and school."""
