"""A council's own list of clusters, from a CSV file with one line per cluster and school."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass

from orchestration.access.errors import ReaderError
from orchestration.access.granting import STEWARD
from orchestration.access.places import SECTORS, authority_code
from orchestration.database import connect
from orchestration.settings import Settings

COLUMNS = ("authority", "cluster_name", "seed_code", "sector")


@dataclass(frozen=True)
class Imported:
    """What an import did: authorities, clusters and schools in the file, and clusters that scopes name and it lacks."""

    authorities: int
    clusters: int
    schools: int
    missing: tuple[str, ...]


def import_clusters(settings: Settings, lines: Iterable[str]) -> Imported:
    """Replace the clusters of every authority that the file names, made-up ones too; all or nothing.

    In: lines of CSV with the header authority (name or GSS code), cluster_name, seed_code, sector. Raises
    ReaderError with the line that cannot be used.
    """
    rows = _read(settings, lines)
    codes = sorted({row[0] for row in rows})
    with connect(settings, STEWARD) as connection:
        connection.execute("delete from access.clusters where local_authority_code = any(%s)", [codes])
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into access.clusters (local_authority_code, cluster_name, seed_code, sector, source) "
                "values (%s, %s, %s, %s, 'council')",
                sorted(rows),
            )
        missing = connection.execute(
            """
            select distinct scopes.cluster_name from access.scopes
            where scopes.kind = 'cluster' and scopes.revoked_at is null
                and scopes.local_authority_code = any(%s)
                and not exists (
                    select from access.clusters
                    where clusters.local_authority_code = scopes.local_authority_code
                        and clusters.cluster_name = scopes.cluster_name
                )
            order by 1
            """,
            [codes],
        ).fetchall()
    names = {row[:2] for row in rows}
    return Imported(len(codes), len(names), len(rows), tuple(str(name) for (name,) in missing))


def _read(settings: Settings, lines: Iterable[str]) -> set[tuple[str, str, str, str]]:
    reader = csv.DictReader(lines)
    if lacking := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise ReaderError(f"the file has no column {', '.join(lacking)}; its header is {','.join(COLUMNS)}")
    found: set[tuple[str, str, str, str]] = set()
    for row in reader:
        where = f"line {reader.line_num}"
        authority, cluster, school, sector = ((row[name] or "").strip() for name in COLUMNS)
        if not cluster:
            raise ReaderError(f"{where} has no cluster_name")
        if not (school.isdecimal() and len(school) == 7):
            raise ReaderError(f"{where}: {school!r} is no SEED code, which has seven digits")
        if sector not in SECTORS:
            raise ReaderError(f"{where}: {sector!r} is no sector; use one of {', '.join(SECTORS)}")
        try:
            found.add((authority_code(settings, authority), cluster, school, sector))
        except ReaderError as error:
            raise ReaderError(f"{where}: {error}") from None
    if not found:
        raise ReaderError("the file has no line but its header")
    return found
