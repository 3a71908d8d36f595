"""Who may do what: roles, schemas and grants as data. ``provisioning`` turns them into SQL.

Each process has one login role with the narrowest scope. Owners and groups have no login: people who read SQL have
logins of their own (``access.logins``), which belong to a group and hold no right by themselves. What dbt, landing
and release create later gets its grants by default privileges, so none of them grants anything by itself.
"""

from dataclasses import dataclass, field

CONTROL_OWNER = "warehouse_owner"
AGGREGATED_OWNER = "aggregated_owner"

ANALYST = "analyst"
RESEARCHER = "researcher"

READ = "select"
WRITE = "select, insert, update, delete"


@dataclass(frozen=True)
class Role:
    """One database role."""

    comment: str
    temporary: bool = False  # may make temporary tables, and take advisory locks: the processes, not the readers
    member_of: tuple[str, ...] = ()  # only by `set role`: nothing is inherited
    group: str | None = None  # whose rights it has by inheritance alone, never by `set role`
    connections: int = -1  # at most so many at a time; -1: as many as the server has
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Schema:
    """One schema: who owns it, who may look into it and who may create in it."""

    comment: str
    owner: str
    use: tuple[str, ...] = ()
    create: tuple[str, ...] = ()


@dataclass(frozen=True)
class Default:
    """What others get on every table and view that ``creator`` makes in ``schema``."""

    creator: str
    schema: str
    privileges: str
    grantees: tuple[str, ...]


# A reader who leaves a transaction open would stall whoever changes a table, and behind it all new readers:
# so readers are cut off, and the releaser gives up after two seconds and is tried again.
READER = {"search_path": "aggregated", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "10min"}
RESTRICTED_READER = {
    "statement_timeout": "10min",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "5min",
}

# A table without a schema in its name is made in the schema of the login that makes it (``own_schemas``).
ANALYST_SETTINGS = READER | {"search_path": '"$user", aggregated', "statement_timeout": "5min"}
RESEARCHER_SETTINGS = RESTRICTED_READER | {"search_path": "research, aggregated"}
GROUP_SETTINGS = {ANALYST: ANALYST_SETTINGS, RESEARCHER: RESEARCHER_SETTINGS}
"""What each member of a group starts with: settings of a group itself would not reach its members."""

# What a login cannot lift by itself; the settings above it can. Only a superuser may set the file limit.
LOGIN_CONNECTIONS = 5
LIMITS = {"temp_file_limit": "5GB"}
OWN_BYTES = 100_000_000
"""What a login's own tables may take; PostgreSQL has no such limit, so the review names who is over it."""

OWNERS: dict[str, Role] = {
    CONTROL_OWNER: Role("Owner of the schemas, of the ledger and of the vault. No login."),
    AGGREGATED_OWNER: Role("Owner of what readers see. No login; the releaser acts as it to change a table."),
}
GROUPS: dict[str, Role] = {
    ANALYST: Role("Analysts of a council: released marts. A group, no login."),
    RESEARCHER: Role("Researchers of projects: the extract of each one's own, released marts. A group, no login."),
}
LOGINS: dict[str, Role] = {
    "loader": Role("Landing: files into raw, and the ledger.", temporary=True),
    "pseudonymiser": Role("Identity: reads the pupils of raw and writes the vault.", temporary=True),
    "transformer": Role(
        "dbt: from raw through all layers to the exact marts.",
        temporary=True,
        # Threads wait for one another's table while a foreign key is checked; a reader may not hold them up.
        settings={"lock_timeout": "30s"},
    ),
    "releaser": Role(
        "Release: from the exact marts to what readers see.",
        temporary=True,
        member_of=(AGGREGATED_OWNER,),
        settings={"lock_timeout": "2s"},
    ),
    "dashboard": Role(
        "The web pages.", connections=40, settings=READER | {"search_path": "released", "statement_timeout": "30s"}
    ),
    "shared_analyst": Role(
        "The demonstration's analyst: released marts. No login where the data are live.",
        group=ANALYST,
        connections=10,
        settings=ANALYST_SETTINGS,
    ),
    "shared_researcher": Role(
        "The demonstration's researcher: all pseudonymised records, released marts. No login where the data are live.",
        group=RESEARCHER,
        connections=10,
        settings=RESEARCHER_SETTINGS | {"search_path": "pseudonymised, aggregated"},
    ),
    "steward": Role("Data stewards: what was rejected and why, and withdrawal.", settings=RESTRICTED_READER),
    "auditor": Role("Auditors: the ledger, the balance sheet and the releases.", settings=RESTRICTED_READER),
}
SHARED_RESEARCHER = "shared_researcher"
SHARED = {ANALYST: "shared_analyst", RESEARCHER: SHARED_RESEARCHER}
"""The login by which commands and tests read as a member of a group."""
ROLES: tuple[str, ...] = tuple({value: name for name, value in SHARED.items()}.get(name, name) for name in LOGINS)
"""Names as commands, settings and files of passwords know them: of a shared login, its group's."""
LOGIN_ROLES = ROLES
PROCESSES = tuple(name for name, role in LOGINS.items() if role.temporary)

SCHEMAS: dict[str, Schema] = {
    "raw": Schema(
        "Accepted rows as delivered, typed, and rejected rows. Restricted.",
        CONTROL_OWNER,
        use=("loader", "pseudonymiser", "transformer", "steward"),
        create=("loader",),
    ),
    "vault": Schema(
        "Who is who: identity map and tokens. Written by the pseudonymiser alone. Restricted.",
        CONTROL_OWNER,
        use=("pseudonymiser", "transformer"),
    ),
    "staged": Schema(
        "Raw, renamed and decoded. Restricted.", CONTROL_OWNER, use=("transformer",), create=("transformer",)
    ),
    "canonical": Schema(
        "The education model that all consumers map to. Restricted.",
        CONTROL_OWNER,
        use=("transformer", "steward"),
        create=("transformer",),
    ),
    "pseudonymised": Schema(
        "Records under tokens, without direct identifiers. Restricted, but for the demonstration's researcher.",
        CONTROL_OWNER,
        use=("transformer", SHARED_RESEARCHER),
        create=("transformer",),
    ),
    "aggregated_exact": Schema(
        "Marts with exact figures, before disclosure control. Restricted.",
        CONTROL_OWNER,
        use=("transformer", "releaser"),
        create=("transformer",),
    ),
    "projects": Schema(
        "Extracts of researchers' projects, each under tokens of its own. Written by the build. Logins read research.",
        CONTROL_OWNER,
        use=("transformer", "auditor"),  # whose review looks up the functions, and who reads no row
    ),
    "research": Schema(
        "What researchers read: the extract of the project of the login that asks.",
        CONTROL_OWNER,
        use=(RESEARCHER,),
    ),
    "released": Schema(
        "Tables of what readers see, by council: written by release, read by the pages. Logins read aggregated.",
        AGGREGATED_OWNER,
        use=("releaser", "dashboard"),
    ),
    "aggregated": Schema(
        "What readers see: released marts and what helps to read them, of the authority of the login that asks.",
        AGGREGATED_OWNER,
        use=("dashboard", ANALYST, RESEARCHER),
    ),
    "aggregated_history": Schema(
        "What readers see and what they saw before: released rows as they stood, of the authority of the login.",
        AGGREGATED_OWNER,
        use=("dashboard", ANALYST, RESEARCHER),
    ),
    "own_school": Schema(
        "Marts of one school, exact, for its head: written by release, read by the pages for the head named alone.",
        AGGREGATED_OWNER,
        use=("releaser", "dashboard"),
    ),
    "control": Schema(
        "Ledger, balance sheet, freshness, provenance and releases. Restricted.",
        CONTROL_OWNER,
        # the dashboards add lines to page_reads and read nothing; the owner of the doors reads the rows of before
        use=("loader", "pseudonymiser", "transformer", "releaser", "steward", "auditor", "dashboard", AGGREGATED_OWNER),
        create=("transformer",),
    ),
    "reference": Schema(
        "Code lists, geography and published statistics, from the seeds. Restricted.",
        CONTROL_OWNER,
        use=("transformer", "releaser"),
        create=("transformer",),
    ),
    "access": Schema(
        "Which reader may see which establishments.",
        CONTROL_OWNER,
        # the owner of released tables names its functions in their policies; tokens and extracts follow the projects
        use=(
            "dashboard",
            ANALYST,
            RESEARCHER,
            "releaser",
            "steward",
            "auditor",
            "pseudonymiser",
            "transformer",
            AGGREGATED_OWNER,
        ),
    ),
}

DEFAULTS: tuple[Default, ...] = (
    Default("loader", "raw", READ, ("transformer",)),
    Default("transformer", "pseudonymised", READ, (SHARED_RESEARCHER,)),
    Default("transformer", "aggregated_exact", READ, ("releaser",)),
    Default("transformer", "reference", READ, ("releaser",)),
    Default("transformer", "control", READ, ("releaser", "steward", "auditor")),
    Default(CONTROL_OWNER, "control", READ, ("loader", "transformer", "releaser", "steward", "auditor")),
    Default(CONTROL_OWNER, "vault", READ, ("transformer",)),
    Default(AGGREGATED_OWNER, "released", READ, ("dashboard",)),
    Default(AGGREGATED_OWNER, "released", WRITE, ("releaser",)),
    Default(AGGREGATED_OWNER, "own_school", READ, ("dashboard",)),
    Default(AGGREGATED_OWNER, "own_school", WRITE, ("releaser",)),
    Default(AGGREGATED_OWNER, "aggregated", READ, ("dashboard", ANALYST, RESEARCHER)),
    Default(AGGREGATED_OWNER, "aggregated_history", READ, ("dashboard", ANALYST, RESEARCHER)),
)

# Tables that one more role reads than their schema's rule says; made by landing and dbt, so they may not exist
# yet. Whoever makes them grants this as well (landing's raw table, the model's post-hook).
SINGLE_TABLES: dict[tuple[str, str], tuple[str, ...]] = {
    ("raw", "pupils"): ("pseudonymiser",),
    ("canonical", "identity_issues"): ("steward",),
}
CREATORS = ("loader", "transformer", CONTROL_OWNER, AGGREGATED_OWNER)


def login_of(role: str) -> str:
    """Name in the database of a role as commands know it: a group is read through its shared login."""
    return SHARED.get(role, role)
