"""Schools that one person is head of, since who knows one of them knows the other (RULES 47)."""

import psycopg

from orchestration.release.declared.figures import Together


def shared_headships(connection: psycopg.Connection, authority: str) -> Together:
    """Schools of an authority that one head has today, each set as ``SEED code|sector``; whose they are is not said."""
    rows = connection.execute("select schools from access.shared_headships(%s) as schools", [authority]).fetchall()
    return [frozenset(map(str, schools)) for (schools,) in rows]
