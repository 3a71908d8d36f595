"""The made-up readers of the demonstration, with what each may see in words."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from dashboards import tables
from dashboards.database import Database
from dashboards.page import Reader
from dashboards.signin import readers


class Examples:
    """Lists them out of one database. ``authorities``: names by GSS code."""

    def __init__(self, database: Database, authorities: Mapping[str, str]) -> None:
        self._database = database
        self._authorities = authorities

    def all(self) -> list[dict[str, Any]]:
        """Name, what they are called on pages, and what each may see; empty before there are any."""
        with self._database.writing() as connection:
            found = readers.example_readers(connection)
        return [
            {"name": name, "display_name": display_name, "sees": self._sees(Reader(number, name, display_name))}
            for number, name, display_name in found
        ]

    def _sees(self, reader: Reader) -> list[str]:
        with self._database.reading(reader) as connection:
            return [self._words(connection, scope) for scope in readers.scopes_of_reader(connection)]

    def _words(self, connection: Connection, scope: readers.Scope) -> str:
        authority = self._authorities.get(scope.local_authority_code, scope.local_authority_code)
        if scope.kind == "authority":
            return f"every school of {authority}"
        if scope.kind == "cluster":
            return f"the schools of the cluster {scope.cluster_name}, {authority}"
        schools = tables.schools.c
        name = connection.execute(
            select(schools.school_name).where(schools.seed_code == scope.seed_code, schools.sector == scope.sector)
        ).scalar()
        return f"{name or scope.seed_code} ({scope.sector}), {authority}"
