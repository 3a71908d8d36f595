"""What release tells access: the shared logins' authority, on warehouses that are not live, and counts of schools."""

import json
from collections.abc import Mapping

import psycopg

from orchestration.settings import Settings


def give_shared_logins(connection: psycopg.Connection, settings: Settings, local_authority_code: str) -> None:
    """Give ``analyst`` and ``researcher`` an authority the first time it is released; nothing on a live warehouse.

    In: the releaser's connection, whose transaction this becomes part of. A scope that was ever given or
    revoked is left as it is.
    """
    if settings.environment != "live":
        connection.execute("select access.give_shared_logins(%s)", [local_authority_code])


def count_schools(connection: psycopg.Connection, local_authority_code: str, schools: Mapping[str, int]) -> None:
    """Say how many schools each sector of an authority has.

    Where a head's own sector has but one other school, the total of all sectors would give that one away.
    In: the releaser's connection, whose transaction this becomes part of.
    """
    connection.execute("select access.count_schools(%s, %s)", [local_authority_code, json.dumps(dict(schools))])
