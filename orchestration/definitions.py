"""The whole graph as Dagster sees it: files, raw feeds, identity, every dbt model, release.

``dagster dev`` and ``warehouse run`` load this one object; there is no second path.
"""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Load everything below ``defs/``."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
