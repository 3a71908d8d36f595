"""A difference between the database and what is declared."""

from dataclasses import dataclass

from psycopg import sql


@dataclass(frozen=True)
class Difference:
    """What differs, in words, and what puts it right; nothing where making it anew does, or a person has to."""

    said: str
    statements: tuple[sql.Composed, ...] = ()
