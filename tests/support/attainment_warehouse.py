"""A warehouse with the layers of attainment alone: landing and identity as they are, and of dbt what the marts need."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from orchestration.database import connect
from orchestration.identity import assign_identities
from orchestration.landing import land_delivery
from orchestration.settings import Settings
from tests.support.main_job import dbt_alone

SUBJECTS = ("attainment", "senior_phase")
MARTS = tuple(f"path:models/aggregated/{subject}" for subject in SUBJECTS)


def built(settings: Settings) -> None:
    """Identity, and every model of the two subjects with what it stands on."""
    assign_identities(settings)
    if not query(settings, "select 1 from pg_tables where schemaname = 'reference'"):
        assert dbt_alone(settings, ["seed"]).success
    canonical = [f"path:models/canonical/{subject}" for subject in SUBJECTS]
    result = dbt_alone(settings, ["run", "--select", *(f"+{mart}" for mart in MARTS), *canonical])
    assert result.success, result.error or [(node.unique_id, node.message) for node in result.failed]


def landed(settings: Settings, keys: Iterable[str]) -> None:
    """Deliveries of the landing folder, in this order."""
    for key in keys:
        land_delivery(settings, key)


def query(settings: Settings, text: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Rows of any layer."""
    with connect(settings, "admin", autocommit=True) as connection:
        return connection.execute(text.encode(), parameters).fetchall()


def marts(settings: Settings) -> dict[str, list[str]]:
    """Every row of the marts of the two subjects, as text, sorted; pupils have no part in them."""
    folders = [settings.dbt_dir / "models" / "aggregated" / subject for subject in SUBJECTS]
    names = sorted(path.stem for folder in folders for path in folder.glob("*.sql"))
    return {
        name: sorted(row[0] for row in query(settings, f"select to_jsonb(m)::text from aggregated_exact.{name} as m"))
        for name in names
    }


def without_attendance(landing: Path) -> None:
    """Take the marks out of synthetic deliveries: most of their rows, and nothing that attainment is made of."""
    for path in landing.glob("*/*/manifest.json"):
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        manifest["files"] = [file for file in manifest["files"] if file["feed"] != "attendance"]
        (path.parent / "attendance.csv.gz").unlink(missing_ok=True)
        path.write_text(json.dumps(manifest), encoding="utf-8")
