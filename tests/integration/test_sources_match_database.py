"""dbt's sources and the tables they stand for: the same columns, so that neither is documented from memory."""

import json

from orchestration.database import connect
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.yaml_files import read_yaml

SOURCES = PROJECT_DIR / "dbt_project" / "models" / "staged"


def test_sources_have_the_columns_of_their_tables(settings: Settings) -> None:
    query = """
        select attributes.attname
        from pg_catalog.pg_attribute as attributes
        where attributes.attrelid = to_regclass(%s) and attributes.attnum > 0 and not attributes.attisdropped
    """
    wrong = {}
    with connect(settings, "transformer", autocommit=True) as connection:
        for path in sorted(SOURCES.rglob("*.yml")):
            for source in read_yaml(path).get("sources", []):
                for table in source["tables"]:
                    described = {column["name"] for column in table.get("columns", [])}
                    rows = connection.execute(query, [f"{source['schema']}.{table['name']}"]).fetchall()
                    if difference := described ^ {name for (name,) in rows}:
                        wrong[f"{source['name']}.{table['name']}"] = sorted(difference)
    assert not wrong, f"describe these, or take them out of the sources: {json.dumps(wrong, indent=2)}"
