"""Pages of the dashboards in the lineage."""
