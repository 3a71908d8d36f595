"""The tables that pages read are those of the database, column by column."""

import pytest
from sqlalchemy import Numeric, Table
from sqlalchemy.dialects import postgresql

from dashboards.kit.page import Page
from dashboards.kit.tables import METADATA
from dashboards.subjects import PAGES
from orchestration.settings import Settings
from tests.support.main_job import rows

TYPES = """
    select attname, format_type(atttypid, null) from pg_attribute
    where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped
"""


def written(table: Table) -> dict[str, str]:
    dialect = postgresql.dialect()
    return {
        column.name: "numeric" if isinstance(column.type, Numeric) else column.type.compile(dialect).lower()
        for column in table.columns
    }


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_columns_are_those_of_the_database(released: Settings, table: Table) -> None:
    found = dict(rows(released, "releaser", TYPES, f"{table.schema}.{table.name}"))
    assert found, f"there is no table {table.name}; is its mart released?"
    wrong = {
        name: (data_type, found.get(name, "missing"))
        for name, data_type in written(table).items()
        if found.get(name) != data_type
    }
    assert not wrong, f"{table.name} of dashboards/kit/tables.py and of the database differ (ours, theirs): {wrong}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_rest_on_tables_that_are_declared(page: Page) -> None:
    assert not set(page.reads) - {table.name for table in METADATA.tables.values()}
