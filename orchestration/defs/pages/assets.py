"""The pages that leadership opens, as the end of the lineage: from file to page (rule 31).

They come from dbt's exposures of type ``dashboard``. There the pages stand on exact marts; what they read are the
released tables, so that is where they stand here. Nothing here runs: the dashboards ask when somebody opens a page.
"""

from typing import Any

import dagster as dg

from orchestration.defs.release.assets import RELEASED, RELEASES, released_key
from orchestration.defs.transform.assets import MANIFEST, TRANSLATOR

PREFIX = "page_"


def _read_by(exposure: dict[str, Any]) -> list[dg.AssetKey]:
    """Released tables of the exposure's marts; code lists, which release copies as they are, by their seed."""
    keys = [RELEASES]
    for unique_id in exposure["depends_on"]["nodes"]:
        node = MANIFEST["nodes"][unique_id]
        name = str(node["alias"])
        keys.append(released_key(name) if name in RELEASED else TRANSLATOR.get_asset_key(node))
    return keys


pages = [
    dg.AssetSpec(
        dg.AssetKey(["dashboards", str(exposure["name"]).removeprefix(PREFIX)]),
        deps=_read_by(exposure),
        group_name="dashboards",
        description=f"{exposure['description']} Address: {exposure['config']['meta']['path']}",
        owners=["team:education-analytics"],
    )
    for exposure in sorted(MANIFEST["exposures"].values(), key=lambda exposure: str(exposure["name"]))
    if exposure["type"] == "dashboard"
]
