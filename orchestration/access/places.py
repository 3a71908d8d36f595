"""What a scope may name: an authority, a cluster of schools or one school, found by the words people use."""

import csv
from dataclasses import dataclass
from pathlib import Path

import psycopg

from orchestration.access.errors import ReaderError
from orchestration.settings import Settings

SECTORS = ("primary", "secondary", "special")


@dataclass(frozen=True)
class Place:
    """What one scope covers; ``kind`` is authority, cluster or establishment (SEED code and sector)."""

    kind: str
    local_authority_code: str
    cluster_name: str | None = None
    seed_code: str | None = None
    sector: str | None = None

    def __str__(self) -> str:
        """In words, for messages."""
        if self.kind == "establishment":
            return f"{self.sector} school {self.seed_code}"
        if self.kind == "cluster":
            return f"cluster {self.cluster_name} of {self.local_authority_code}"
        return f"authority {self.local_authority_code}"


def find_place(
    connection: psycopg.Connection,
    settings: Settings,
    authority: str | None = None,
    cluster: str | None = None,
    school: str | None = None,
    sector: str | None = None,
) -> Place | None:
    """The place that these words mean; None where none is given.

    In: name or GSS code of an authority; name of a cluster, with the authority where several have one of that
    name; SEED code and sector of a school, with the authority where the school is too new to be in the published
    list. Raises ReaderError where the words fit nothing, or more than one thing.
    """
    if cluster and school:
        raise ReaderError("name a cluster or a school, not both; give one scope at a time")
    code = authority_code(settings, authority) if authority else None
    if school:
        return _school(settings, code, school, sector)
    if sector:
        raise ReaderError("a sector goes with a school: add --school with its SEED code")
    if cluster:
        return _cluster(connection, code, cluster)
    return Place("authority", code) if code else None


def authority_code(settings: Settings, authority: str) -> str:
    """GSS code of an authority by code, name or another name that publications use."""
    wanted = authority.strip().casefold()
    names: dict[str, str] = {}
    for row in _rows(settings.seeds_dir / "local_authorities.csv"):
        code = row["local_authority_code"]
        names |= {code.casefold(): code, row["local_authority_name"].casefold(): code}
    for row in _rows(settings.seeds_dir / "local_authority_aliases.csv"):
        names.setdefault(row["alias"].casefold(), row["local_authority_code"])
    if wanted not in names:
        raise ReaderError(f"there is no authority {authority!r}: use its name or its code, such as S12000005")
    return names[wanted]


def _school(settings: Settings, code: str | None, school: str, sector: str | None) -> Place:
    if sector not in SECTORS:
        raise ReaderError(f"name the sector of school {school}, one of {', '.join(SECTORS)}: a SEED code may have two")
    if not (school.isdecimal() and len(school) == 7):
        raise ReaderError(f"{school!r} is no SEED code: it has seven digits")
    published = {
        row["sector"]: row["local_authority_code"]
        for row in _rows(settings.seeds_dir / "schools.csv")
        if row["seed_code"] == school
    }
    if published and sector not in published:
        raise ReaderError(f"school {school} has no sector {sector}: it is {' and '.join(sorted(published))}")
    found = published.get(sector, code)
    if found is None:
        raise ReaderError(f"school {school} is not in the published list: name its authority too (--authority)")
    if code is not None and code != found:
        raise ReaderError(f"school {school} is a school of {found}, not of {code}")
    return Place("establishment", found, seed_code=school, sector=sector)


def _cluster(connection: psycopg.Connection, code: str | None, cluster: str) -> Place:
    rows = connection.execute(
        "select distinct local_authority_code, cluster_name from access.clusters "
        "where lower(cluster_name) = lower(%s) and local_authority_code = coalesce(%s, local_authority_code) "
        "order by 1",
        [cluster.strip(), code],
    ).fetchall()
    if not rows:
        where = f" in {code}" if code else ""
        raise ReaderError(f"there is no cluster {cluster!r}{where}: see `warehouse access import-clusters --help`")
    if len(rows) > 1:
        codes = ", ".join(str(row[0]) for row in rows)
        raise ReaderError(f"several authorities have a cluster {cluster!r}: name one of {codes} (--authority)")
    return Place("cluster", str(rows[0][0]), cluster_name=str(rows[0][1]))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
