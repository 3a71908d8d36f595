"""The attacker on all that stands: every declared subject of every authority, as readers see it (RULES 46)."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from orchestration.database import connect
from orchestration.release.door.record import deliveries_in_force
from orchestration.release.door.subjects import ready_subjects
from orchestration.release.subject.attack import findings
from orchestration.release.subject.judge import judge
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.declared import declarations
from orchestration.release.tables.differences import standing_rows
from orchestration.release.tables.provision import applied_contracts
from orchestration.release.tables.rows import read_rows
from orchestration.settings import Settings


@dataclass(frozen=True)
class Audited:
    """What the attacker found in one subject of an authority: how many figures are hidden, and what is given away."""

    local_authority_code: str
    subject: str
    hidden: int
    given_away: tuple[str, ...]


def audit_released(settings: Settings) -> list[Audited]:
    """Attack what stands of every declared subject. Nothing is changed.

    Raises ``ModelError`` or ``SubjectError`` where exact rows, persons and lists do not fit each other.
    """
    with connect(settings, "releaser") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        contracts = applied_contracts(connection)
        authorities = connection.execute(
            "select distinct local_authority_code from control.releases where subject <> 'attendance' order by 1"
        ).fetchall()
        found = []
        for (authority,) in authorities:
            for subject, own in ready_subjects(connection, contracts).items():
                found.append(_audited(connection, str(authority), subject, own))
        connection.rollback()
    return found


def _audited(
    connection: psycopg.Connection, authority: str, subject: str, contracts: Sequence[ReleaseContract]
) -> Audited:
    declaration = declarations()[0][subject]
    exact = {contract.mart: read_rows(connection, contract, authority) for contract in contracts}
    standing = {c.mart: read_rows(connection, c, authority, f"released.{c.mart}") for c in contracts}
    judged = judge(connection, declaration, authority, exact, deliveries_in_force(connection, authority)[2])
    released = {mart: (exact[mart], standing_rows(standing[mart])) for mart in exact}
    every = [one for periods in judged.values() for one in periods.values()]
    given = [f"{name} ({one.place.period})" for one in every for name in findings(one, released)]
    return Audited(authority, subject, sum(int(one.decision.hidden.sum()) for one in every), tuple(given))
