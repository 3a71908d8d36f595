"""Tokens of researchers' projects: each has a domain, so that by tokens no two extracts can be joined, nor the layers.

A project's token is a keyed hash of the person's own pseudonym: as lasting as that, the same after a rebuild, and to be
made by nobody without the key, who has both tables in hand. The key stays outside the database, as always.
"""

import uuid

from psycopg import Connection

from orchestration.identity.keys import domain_key, keyed_uuid

ANALYTICS = "analytics"
"""Domain of the pseudonymised layer."""
PREFIX = "project "
IN_FORCE = "select project_name, local_authority_code from access.project_states where state = 'in force' order by 1"
WITHOUT = """
select tokens.pupil_id, tokens.token
from vault.tokens as tokens
where tokens.domain = %(analytics)s
    and exists (
        select from vault.identity_map as people
        where people.pupil_id = tokens.pupil_id and people.local_authority_code = %(authority)s
    )
    and not exists (
        select from vault.tokens as own where own.pupil_id = tokens.pupil_id and own.domain = %(domain)s
    )
"""


def project_domain(project_name: str) -> str:
    """Domain of a project's tokens: its name is its own for good, so no other has it."""
    return f"{PREFIX}{project_name}"


def project_token(key: bytes, token: uuid.UUID) -> uuid.UUID:
    """The project's token of a person whose pseudonym is ``token``; ``key`` is the project's."""
    return keyed_uuid(key, token.bytes)


def assign_project_tokens(connection: Connection, master: bytes) -> int:
    """Give every pupil of a project's council a token, and delete those of projects that are over. Out: tokens given.

    In: the pseudonymiser's connection, whose transaction this becomes part of. Idempotent.
    """
    projects = connection.execute(IN_FORCE).fetchall()
    connection.execute(
        "delete from vault.tokens where starts_with(domain, %s) and domain <> all(%s)",
        [PREFIX, [project_domain(name) for name, _ in projects]],
    )
    given = 0
    for name, authority in projects:
        domain = project_domain(name)
        key = domain_key(master, domain)
        people = connection.execute(
            WITHOUT, {"analytics": ANALYTICS, "authority": authority, "domain": domain}
        ).fetchall()
        tokens = sorted((project_token(key, token), pupil_id) for pupil_id, token in people)
        with connection.cursor().copy("copy vault.tokens (pupil_id, domain, token) from stdin") as copy:
            for token, pupil_id in tokens:
                copy.write_row((pupil_id, domain, token))
        given += len(tokens)
    return given
