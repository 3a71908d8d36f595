"""Give each person of the deliveries in force a number and a token, once (rules 1 to 3 and 6).

Set-wise, as the role ``pseudonymiser``: what is new is found in one query, matched here, and loaded with COPY.
Keys never enter the database, and identifiers enter no SQL text, log or exception.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import psycopg
from psycopg import Connection

from orchestration.contracts import load_contracts, placeholder_numbers
from orchestration.database import connect
from orchestration.errors import WarehouseError
from orchestration.identity.keys import KeyMismatchError, domain_key, keyed_uuid, load_key
from orchestration.identity.project_tokens import ANALYTICS, assign_project_tokens
from orchestration.settings import Settings

NUMBERING = "numbering"
"""Domain of the key that the numbers of a batch are ordered by: it makes no tokens."""

# The deliveries in force now; the view of the same name stands at the cut of the last build.
FILES_TO_READ = """
with delivery_events as (
    select
        delivery_id,
        max(event_id) filter (where kind = 'landed') as landed,
        max(event_id) filter (where kind in ('landed', 'restored') and file_id is null) as restored,
        max(event_id) filter (where kind = 'withdrawn' and file_id is null) as withdrawn
    from control.ledger_events
    group by delivery_id
),
standing as (
    select deliveries.*
    from control.deliveries
    inner join delivery_events using (delivery_id)
    where landed is not null and (withdrawn is null or restored > withdrawn)
)
select files.file_id
from control.files
inner join standing using (delivery_id)
where files.feed = 'pupils'
    and files.status = 'landed'
    and not exists (select 1 from vault.assigned_files where assigned_files.file_id = files.file_id)
    and not exists (
        select 1
        from standing as successor
        where successor.supersedes = standing.delivery_key
            and successor.local_authority_code = standing.local_authority_code
            and not exists (
                select 1
                from control.files as theirs
                where theirs.delivery_id = successor.delivery_id and theirs.status = 'quarantined'
            )
    )
"""

PEOPLE = """
select
    deliveries.local_authority_code,
    pupils.seemis_pupil_id,
    min(files.extracted_at),
    (array_agg(pupils.date_of_birth order by
        files.extracted_at, deliveries.extract_date, deliveries.sequence, pupils._row_number))[1],
    array_agg(distinct pupils.scn)
from raw.pupils
inner join control.files on files.file_id = pupils._file_id
inner join control.deliveries using (delivery_id)
"""

NEW_PEOPLE = (
    PEOPLE  # noqa: S608  # constants, put together
    + """
where pupils._file_id = any(%s)
    and not exists (
        select 1
        from vault.identity_map
        where identity_map.local_authority_code = deliveries.local_authority_code
            and identity_map.seemis_pupil_id = pupils.seemis_pupil_id
    )
group by 1, 2
order by 3, 1, 2
"""
)

KNOWN_PEOPLE = (
    PEOPLE.replace("select\n", "select\n    identity_map.pupil_id,", 1)  # noqa: S608  # constants, put together
    + """
inner join vault.identity_map
    on identity_map.local_authority_code = deliveries.local_authority_code
    and identity_map.seemis_pupil_id = pupils.seemis_pupil_id
where pupils.scn = any(%s)
    and pupils._file_id in (select file_id from vault.assigned_files)
group by 1, 2, 3
order by 4, 2, 3
"""
)


@dataclass(frozen=True)
class IdentityResult:
    """What one run did, and how many persons there are now.

    ``new_people`` are persons seen for the first time, ``known_elsewhere`` ids of persons whom another authority
    has delivered before, ``project_tokens`` those given for researchers' projects.
    """

    files_read: int
    new_people: int
    known_elsewhere: int
    people: int
    project_tokens: int = 0


@dataclass(frozen=True)
class Person:
    """One SEEMiS id of one authority, as first known."""

    local_authority_code: str
    seemis_pupil_id: str
    first_known_at: datetime
    date_of_birth: date
    scns: tuple[int, ...]

    def __repr__(self) -> str:
        """Say nothing: a traceback that shows local variables must not show a pupil."""
        return "Person(...)"


def assign_identities(settings: Settings) -> IdentityResult:
    """Put every person of the pupils' files in force into the vault; those already there stay as they are.

    Idempotent, and cheap when nothing is new: files that have been read are remembered. Raises KeyMissingError
    or KeyMismatchError before anything is written, WarehouseError when the database refuses (without values).
    """
    with connect(settings, "pseudonymiser") as connection:
        try:
            return _assign(settings, connection)
        except psycopg.Error as error:
            connection.rollback()
            state = error.sqlstate or "unknown"
            raise WarehouseError(
                f"Identities could not be assigned: the database says {state} ({type(error).__name__}). Nothing "
                "was written; run it again, and if it stays, look whether the vault was provisioned by this version."
            ) from None  # the cause quotes rows


def _assign(settings: Settings, connection: Connection) -> IdentityResult:
    # one run at a time: numbers and tokens are given once
    connection.execute("lock table vault.identity_map in share row exclusive mode")
    files = [row[0] for row in connection.execute(FILES_TO_READ)]
    has_tokens = connection.execute("select 1 from vault.tokens limit 1").fetchone() is not None
    if not files and not has_tokens:
        return IdentityResult(0, 0, 0, 0)
    master = load_key(settings, create=not has_tokens)
    key = domain_key(master, ANALYTICS)
    if has_tokens:  # also where nobody is new: a damaged key is said on the first night, not on the last
        _check_key(connection, key)
    if not files:
        return IdentityResult(0, 0, 0, _count(connection), assign_project_tokens(connection, master))
    new = [
        Person(row[0], row[1], row[2], row[3], _somebodys(settings, row[0], row[4]))
        for row in connection.execute(NEW_PEOPLE, [files])
    ]
    assigned = _number(settings, connection, new, domain_key(master, NUMBERING))
    with connection.cursor().copy(
        "copy vault.identity_map (local_authority_code, seemis_pupil_id, pupil_id, first_known_at) from stdin"
    ) as copy:
        for person, pupil_id, _ in assigned:
            copy.write_row((person.local_authority_code, person.seemis_pupil_id, pupil_id, person.first_known_at))
    with connection.cursor().copy("copy vault.tokens (pupil_id, domain, token) from stdin") as copy:
        for person, pupil_id, is_new in assigned:
            if is_new:
                token = make_token(key, person.local_authority_code, person.seemis_pupil_id)
                copy.write_row((pupil_id, ANALYTICS, token))
    connection.execute("insert into vault.assigned_files (file_id) select unnest(%s::integer[])", [files])
    persons = sum(is_new for _, _, is_new in assigned)
    given = assign_project_tokens(connection, master)
    return IdentityResult(len(files), persons, len(assigned) - persons, _count(connection), given)


def _count(connection: Connection) -> int:
    row = connection.execute("select count(*) from vault.tokens where domain = %s", [ANALYTICS]).fetchone()
    return int(row[0]) if row else 0


def make_token(key: bytes, local_authority_code: str, seemis_pupil_id: str) -> uuid.UUID:
    """The pseudonym of a person first known under this id: HMAC-SHA-256 cut to 128 bits."""
    return keyed_uuid(key, f"{local_authority_code}|{seemis_pupil_id}".encode())


def check_key(settings: Settings, master: bytes | None) -> None:
    """Raise KeyMismatchError where tokens stand in the vault that this master key (or none) did not make."""
    with connect(settings, "pseudonymiser") as connection:
        _check_key(connection, domain_key(master or b"", ANALYTICS))


def _check_key(connection: Connection, key: bytes) -> None:
    """Refuse a key that is not the vault's: two keys would give one person two tokens after a rebuild."""
    rows = connection.execute(
        """
        select identity_map.local_authority_code, identity_map.seemis_pupil_id, sample.token
        from (select pupil_id, token from vault.tokens where domain = %s order by pupil_id limit 1) as sample
        inner join vault.identity_map using (pupil_id)
        """,
        [ANALYTICS],
    ).fetchall()
    if rows and not any(make_token(key, row[0], row[1]) == row[2] for row in rows):
        raise KeyMismatchError(
            "The pseudonym key is not the one that the tokens in the vault were made with. Use that key: set "
            "WAREHOUSE_PSEUDONYM_KEY to it, or put the key file back. Nothing was written."
        )


def _somebodys(settings: Settings, local_authority_code: str, scns: Iterable[int]) -> tuple[int, ...]:
    """The SCNs among these that are somebody's: a placeholder makes no two pupils one person (rule 2)."""
    seed = load_contracts()["pupils"].column("scn").placeholders
    nobodys = placeholder_numbers(settings.seeds_dir, seed, local_authority_code) if seed else frozenset()
    return tuple(scn for scn in scns if scn not in nobodys)


def _number(
    settings: Settings, connection: Connection, new: list[Person], key: bytes
) -> list[tuple[Person, int, bool]]:
    """Each new id with its number, and whether the person is new as well (rules 2, 3 and 6).

    The same SCN in another authority with the same date of birth is the same person; two ids of one authority
    never are. Earlier known first, so that one run over many deliveries does what many runs do. Numbers are given in
    the order of a keyed hash of the person, so that neither they nor rows in their order follow an identifier; so are
    the rows that come out.
    """
    by_scn: dict[int, list[tuple[str, date, int]]] = {}
    scns = sorted({scn for person in new for scn in person.scns})
    known = connection.execute(KNOWN_PEOPLE, [scns]).fetchall() if scns else []
    for pupil_id, authority, _, _, born, theirs in known:
        _remember(by_scn, _somebodys(settings, authority, theirs), (authority, born, pupil_id))
    authorities: dict[int, set[str]] = {}
    for pupil_id, authority, *_ in known:
        authorities.setdefault(pupil_id, set()).add(authority)
    # a new person is its place in the batch, as a negative number, until all are known and can be put in order
    matched: list[tuple[Person, int]] = []
    first: dict[int, Person] = {}
    for person in new:
        found = None
        for scn in person.scns:
            for authority, born, pupil_id in by_scn.get(scn, ()):
                elsewhere = authority != person.local_authority_code
                taken = person.local_authority_code in authorities[pupil_id]
                if found is None and elsewhere and born == person.date_of_birth and not taken:
                    found = pupil_id
        number = found if found is not None else -1 - len(first)
        if found is None:
            first[number] = person
        authorities.setdefault(number, set()).add(person.local_authority_code)
        _remember(by_scn, person.scns, (person.local_authority_code, person.date_of_birth, number))
        matched.append((person, number))
    row = connection.execute("select coalesce(max(pupil_id), 0) from vault.identity_map").fetchone()
    hashes = {
        number: make_token(key, person.local_authority_code, person.seemis_pupil_id) for number, person in first.items()
    }
    numbers = {
        number: place for place, number in enumerate(sorted(hashes, key=hashes.__getitem__), (row[0] if row else 0) + 1)
    }
    assigned = [(person, numbers.get(number, number), first.get(number) is person) for person, number in matched]
    return sorted(assigned, key=lambda row: row[1])


def _remember(
    by_scn: dict[int, list[tuple[str, date, int]]], scns: Iterable[int], holder: tuple[str, date, int]
) -> None:
    for scn in scns:
        by_scn.setdefault(scn, []).append(holder)
