"""Rows by layer, as ``warehouse status`` and the demonstration show them."""

import pytest
from psycopg import sql

from orchestration import layer_sizes as sizes
from orchestration.settings import Settings
from tests.conftest import connect_as_admin


def test_every_table_is_counted_once_with_its_partitions(released: Settings) -> None:
    found = {(size.layer, size.table_name): size for size in sizes.layer_sizes(released)}
    assert {layer for layer, _ in found} == set(sizes.LAYERS)
    assert not [size for size in found.values() if size.is_estimate]
    with connect_as_admin(released) as connection:
        for name, size in found.items():
            counted = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(*name))).fetchone()
            assert counted == (size.rows,), name
    assert found["canonical", "attendance_openings"].rows > 0
    assert not [table for _, table in found if table.startswith("attendance_openings_")]


def test_a_large_table_is_estimated(released: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "COUNTED_EXACTLY", 1000)
    found = [size for size in sizes.layer_sizes(released) if size.is_estimate]
    assert {"attendance", "attendance_openings"} <= {size.table_name for size in found}
    assert all(size.rows > 1000 for size in found)
