"""Whether an authority may be released: the balance sheet closes and the exact marts are of one build (25)."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from orchestration.release.tables.contracts import (
    WITHOUT_EXACT_ROWS,
    ReleaseContract,
    missing_marts,
    problems_of,
)
from orchestration.release.tables.shapes import SUBJECTS

LISTED = 20
"""Breaks named in one refusal; more say the same."""
BALANCE_SHEET = ("reconciliation", "control_reconciliation")


@dataclass(frozen=True)
class Refusal:
    """Why a release is refused: the hop, the establishment (None: the authority) and the amount, in words too."""

    message: str
    hop: str | None = None
    seed_code: int | None = None
    amount: int | None = None


@dataclass(frozen=True)
class Build:
    """The ledger state and code version that the exact marts reflect."""

    event_id: int
    code_version: str


def not_understood(contracts: Sequence[ReleaseContract]) -> list[Refusal]:
    """What release has no rule for in the contracts that the standing tables were made from (RULES 41)."""
    problems = [f"{contract.mart}: {problem}" for contract in contracts for problem in problems_of(contract)]
    problems += [
        f"{mart}: it has no contract, and the marts of attendance are judged together"
        for mart in missing_marts(contract.mart for contract in contracts)
    ]
    return [Refusal(f"release does not understand {problem}", "contracts") for problem in problems[:LISTED]]


def _exists(connection: psycopg.Connection, relation: str) -> bool:
    found = connection.execute("select to_regclass(%s) is not null", [relation]).fetchone()
    return bool(found and found[0])


def current_build(
    connection: psycopg.Connection, contracts: Sequence[ReleaseContract]
) -> tuple[Build | None, list[Refusal]]:
    """The build that all exact marts and the balance sheet come from, or why there is no such build."""
    state = connection.execute("select event_id, code_version from control.build_state").fetchone()
    if state is None:
        return None, [Refusal("nothing has been built yet; run `warehouse run`")]
    build = Build(int(state[0]), str(state[1]))
    built = {
        model: (event_id, code_version)
        for model, event_id, code_version in connection.execute(
            "select model, event_id, code_version from control.model_builds"
        ).fetchall()
    }
    wanted = [
        contract.model
        for contract in contracts
        if contract.relation.startswith("aggregated_exact.") and contract.kind not in WITHOUT_EXACT_ROWS
    ]
    sheet = next((name for name in BALANCE_SHEET if name in built), BALANCE_SHEET[0])
    refusals = []
    for mart in [*wanted, sheet]:
        # a mart whose name a seed has already is the model aggregated_<mart>
        model = mart if mart in built else f"aggregated_{mart}"
        if model not in built:
            refusals.append(Refusal(f"{mart} has not been built; run the whole build, then release again"))
        elif built[model] != (build.event_id, build.code_version):
            event_id, code_version = built[model]
            refusals.append(
                Refusal(
                    f"half-built: {model} is of ledger event {event_id} and code {code_version}, the build of "
                    f"event {build.event_id} and code {build.code_version}; run the whole build, then release again"
                )
            )
    return build, refusals


def failed_tests(connection: psycopg.Connection, subjects: Sequence[str] = SUBJECTS) -> list[Refusal]:
    """Blocking tests of dbt, of subjects that are released, that failed when they last ran, in a build or by hand."""
    rows = connection.execute(
        "select test_name, models, failed_at from control.failed_tests where subjects && %s "
        "order by test_name limit %s",
        [list(subjects), LISTED],
    ).fetchall()
    return [
        Refusal(
            f"the test {test_name} of {models} failed at {failed_at:%Y-%m-%d %H:%M} and has not passed since; correct "
            "what it names, run the whole build, then release again"
        )
        for test_name, models, failed_at in rows
    ]


def open_hops(connection: psycopg.Connection, authority: str, subjects: Sequence[str] = SUBJECTS) -> list[Refusal]:
    """Lines of the authority's balance sheet that do not close, of feeds that released subjects rest on."""
    if not _exists(connection, "control.reconciliation"):
        return [Refusal("there is no balance sheet; run the whole build, then release again")]
    rows = connection.execute(
        """
        select hop, seed_code, mart, academic_year, delivery_key, difference, checksum_matches
        from control.reconciliation
        where local_authority_code = %s and is_closed is not true and subject = any(%s)
        order by hop, seed_code, mart, academic_year, delivery_key
        limit %s
        """,
        [authority, list(subjects), LISTED],
    ).fetchall()
    refusals = []
    for hop, seed_code, mart, year, delivery, difference, matches in rows:
        place = f"establishment {seed_code}" if seed_code else "the authority"
        further = ", ".join(str(item) for item in (mart, year, delivery) if item)
        cause = f"{difference} rows unexplained" if difference else "same counts but other keys"
        if difference is None and matches is None:
            cause = "the amount is not known"
        refusals.append(
            Refusal(
                f"the balance sheet does not close at {hop} for {place}{f' ({further})' if further else ''}: {cause}",
                str(hop),
                int(seed_code) if seed_code else None,
                int(difference) if difference is not None else None,
            )
        )
    return refusals


def broken_seals(connection: psycopg.Connection, authority: str, subjects: Sequence[str] = SUBJECTS) -> list[Refusal]:
    """Rows of the authority, or of what stands for all, that are not what their model wrote."""
    rows = connection.execute(
        """
        select hop, relation, broken.academic_year, broken.seed_code, sum(rows_sealed), sum(rows_found),
            sum(rows_different)
        from control.broken_seals as broken
        left join control.sealed_tables using (relation)
        where broken.local_authority_code in (%s, '') and coalesce(sealed_tables.subject, 'core') = any(%s)
        group by hop, relation, broken.academic_year, broken.seed_code
        order by hop, relation, broken.academic_year, broken.seed_code
        limit %s
        """,
        [authority, list(subjects), LISTED],
    ).fetchall()
    refusals = []
    for hop, relation, year, seed_code, sealed, found, different in rows:
        place = f"establishment {seed_code}" if seed_code else "the authority"
        how_many = f"{different} rows differ" if different else "values differ"
        if sealed != found:
            how_many = f"{found} rows instead of {sealed}"
        refusals.append(
            Refusal(
                f"{relation} is not what was written, at {hop} for {place}{f' ({year})' if year else ''}: {how_many}; "
                "find out who changed it, then `warehouse run --full-refresh` builds it again",
                str(hop),
                int(seed_code) if str(seed_code).isdigit() else None,
                int(different if different is not None else found - sealed),
            )
        )
    return refusals


def withdrawn_since(connection: psycopg.Connection, authority: str, since_event: int) -> bool:
    """Whether the ledger has a withdrawal, or a delivery that supersedes another, after an event."""
    found = connection.execute(
        """
        select exists (
            select 1
            from control.ledger_events
            inner join control.deliveries on ledger_events.delivery_id = deliveries.delivery_id
            where deliveries.local_authority_code = %s
                and ledger_events.event_id > %s
                and (ledger_events.kind in ('withdrawn', 'restored', 'erased') or deliveries.supersedes is not null)
        )
        """,
        [authority, since_event],
    ).fetchone()
    return bool(found and found[0])


def gone_schools(connection: psycopg.Connection, contracts: Sequence[ReleaseContract], authority: str) -> list[Refusal]:
    """Schools and years in the last release that the exact marts lack; the caller knows of withdrawals."""
    totals = next((contract for contract in contracts if contract.mart == "attendance_by_school_year"), None)
    if totals is None:
        return []
    schema, _, table = totals.relation.partition(".")
    rows = connection.execute(
        sql.SQL(
            """
            select seed_code, academic_year from released.attendance_by_school_year
            where local_authority_code = {authority}
            except
            select seed_code, academic_year from {exact} where local_authority_code = {authority}
            order by 1, 2
            limit {listed}
            """
        ).format(authority=sql.Literal(authority), exact=sql.Identifier(schema, table), listed=sql.Literal(LISTED))
    ).fetchall()
    return [
        Refusal(
            f"establishment {seed_code} was in the last release of {year} and is gone, without a withdrawal or "
            "closure on the ledger; see what became of its files with `warehouse deliveries`",
            "last release to exact marts",
            int(seed_code),
            None,
        )
        for seed_code, year in rows
    ]
