"""All that stands, from raw to the exact marts, against what files held and models wrote."""

from collections.abc import Sequence
from typing import Any

import psycopg

from orchestration.contracts import load_contracts
from orchestration.database import connect
from orchestration.seals.beside import count_different_rows
from orchestration.seals.check import (
    NO_MONTH,
    Broken,
    Scope,
    broken_groups,
    check_seals,
    due_scopes,
    known_scopes,
    record_broken,
)
from orchestration.seals.contents import broken_contents, broken_openings
from orchestration.settings import Settings


def check_due_seals(settings: Settings, connection: psycopg.Connection) -> list[Broken]:
    """Compare the seals of what was written in, or has its turn, since the last time; note and count what is broken.

    ``connection`` is the transformer's, under the lock of the build. Contents of raw and openings are compared by the
    balance sheet itself.
    """
    with connection.transaction():
        found = check_seals(connection, due_scopes(connection))
    if found:
        found = count_different_rows(settings, connection, found)
        with connection.transaction():
            record_broken(connection, found)
    return found


def everything_broken(connection: psycopg.Connection, scopes: Sequence[Scope]) -> list[Broken]:
    """Every establishment of these scopes with a value that is not what it was; nothing is recorded."""
    found: list[Broken] = []
    for contract in load_contracts().values():
        if contract.is_collected:
            found += broken_contents(connection, contract, scopes)
    return found + broken_openings(connection, scopes) + broken_groups(connection, scopes)


def verify_everything(settings: Settings) -> list[dict[str, Any]]:
    """Compare everything; out: what is not as it was written, as rows to print. Broken seals are recorded."""
    with connect(settings, "transformer", autocommit=True) as connection:
        if connection.execute("select to_regclass('control.scope_changes')").fetchone() == (None,):
            return []
        scopes = known_scopes(connection)
        found = everything_broken(connection, scopes)
        sealed = [one for one in found if one.hop not in {"file to raw"} and one.relation != OPENINGS]
        counted = count_different_rows(settings, connection, sealed)
        with connection.transaction():
            check_seals(connection, scopes)
            record_broken(connection, counted)
    others = [one for one in found if one not in sealed]
    return [_printed(one) for one in (*others, *counted)]


OPENINGS = "canonical.attendance_openings"


def _printed(one: Broken) -> dict[str, Any]:
    return {
        "hop": one.hop,
        "relation": one.relation,
        "local_authority_code": one.local_authority_code,
        "academic_year": one.academic_year,
        "seed_code": one.seed_code,
        "month": None if one.month == NO_MONTH else one.month,
        "rows_sealed": one.rows_sealed,
        "rows_found": one.rows_found,
        "rows_different": one.rows_different,
    }
