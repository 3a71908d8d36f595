"""What the shared logins of analysts and researchers see without anybody's doing, on warehouses that are not live."""

import psycopg

from orchestration.settings import Settings


def give_shared_logins(connection: psycopg.Connection, settings: Settings, local_authority_code: str) -> None:
    """Give ``analyst`` and ``researcher`` an authority the first time it is released; nothing on a live warehouse.

    In: the releaser's connection, whose transaction this becomes part of. A scope that was ever given or
    revoked is left as it is.
    """
    if settings.environment != "live":
        connection.execute("select access.give_shared_logins(%s)", [local_authority_code])
