"""Passwords of roles: made, and set without ever being sent."""

import secrets

from psycopg import Connection, sql


def new_password() -> str:
    """A password that nobody can guess: 192 random bits."""
    return secrets.token_urlsafe(24)


def set_password(connection: Connection, name: str, password: str) -> None:
    """Send the salted hash, not the password, so that no server log can hold it."""
    verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(name), sql.Literal(verifier)))
