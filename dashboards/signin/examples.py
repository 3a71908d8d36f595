"""The made-up readers of the demonstration, with what each may see in words."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from dashboards.kit import tables
from dashboards.kit.page import Reader
from dashboards.signin import readers
from dashboards.site.database import Database


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
            scopes = readers.scopes_of_reader(connection)
            return [self._words(scope, names_of_schools(connection)) for scope in scopes]

    def _words(self, scope: readers.Scope, names: Mapping[tuple[str, str], str]) -> str:
        authority = self._authorities.get(scope.local_authority_code, scope.local_authority_code)
        if scope.kind == "authority":
            return f"every school of {authority}"
        if scope.kind == "cluster":
            return f"the schools of the cluster {scope.cluster_name}, and totals of {authority} and Scotland"
        school = (scope.seed_code or "", scope.sector or "")
        name = names.get(school, scope.seed_code)
        return f"{name} ({scope.sector}), and totals of {authority} and Scotland"


def names_of_schools(connection: Connection) -> dict[tuple[str, str], str]:
    """Names by SEED code and sector, of what the reader may see; empty before the first release makes the table."""
    schools = tables.schools
    if connection.execute(select(func.to_regclass(f"{schools.schema}.{schools.name}"))).scalar() is None:
        return {}
    rows = connection.execute(select(schools.c.seed_code, schools.c.sector, schools.c.school_name))
    return {(row.seed_code, row.sector): row.school_name for row in rows if row.school_name}
