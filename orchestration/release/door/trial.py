"""Declarations on trial, beside what readers see: read out of the database, judged, attacked, and left there."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import psycopg

from orchestration.database import connect
from orchestration.release.declared.declaration import Declaration
from orchestration.release.engine.model import ModelError
from orchestration.release.subject.judge import judge
from orchestration.release.subject.judged import SubjectError
from orchestration.release.subject.trial import Compared, compared, given_away
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.declared import trials
from orchestration.release.tables.provision import applied_contracts
from orchestration.release.tables.rows import read_rows
from orchestration.settings import Settings


@dataclass(frozen=True)
class Tried:
    """What a trial showed of a subject of an authority, in how many seconds; ``problem`` says why it showed nothing."""

    local_authority_code: str
    subject: str
    compared: tuple[Compared, ...]
    given_away: tuple[str, ...]
    seconds: float
    problem: str | None = None


def try_declarations(settings: Settings, authorities: Sequence[str] = ()) -> list[Tried]:
    """Try every declaration on trial in every released authority, or in these. Nothing is changed."""
    with connect(settings, "releaser") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        contracts = applied_contracts(connection)
        known = [
            str(code) for (code,) in connection.execute("select local_authority_code from released.releases order by 1")
        ]
        found = [
            _tried(connection, authority, declaration, contracts)
            for authority in known
            if not authorities or authority in authorities
            for declaration in trials().values()
        ]
        connection.rollback()
    return found


def _tried(
    connection: psycopg.Connection, authority: str, declaration: Declaration, every: Sequence[ReleaseContract]
) -> Tried:
    started = monotonic()
    contracts = {contract.mart: contract for contract in every if contract.mart in declaration.marts}
    if missing := sorted(declaration.marts.keys() - contracts.keys()):
        return Tried(authority, declaration.subject, (), (), 0.0, f"{', '.join(missing)}: not released yet")
    exact = {mart: read_rows(connection, contract, authority) for mart, contract in contracts.items()}
    try:
        judged = judge(connection, declaration, authority, exact, None)
    except (ModelError, SubjectError) as error:
        return Tried(authority, declaration.subject, (), (), monotonic() - started, str(error))
    seconds = monotonic() - started
    rows = [
        one
        for name, mart in declaration.marts.items()
        for one in compared(
            mart, exact[name], read_rows(connection, contracts[name], authority, f"released.{name}"), judged
        )
    ]
    away = [
        f"{name} ({population} of {period})"
        for population, periods in judged.items()
        for period, one in periods.items()
        for name in given_away(one)
    ]
    return Tried(authority, declaration.subject, tuple(rows), tuple(away), seconds)
