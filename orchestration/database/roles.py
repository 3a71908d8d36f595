"""Who may do what: roles, schemas and grants as data. ``provisioning`` turns them into SQL.

Each process has one login role with the narrowest scope. Owners have no login. What dbt, landing and release
create later gets its grants by default privileges, so none of them grants anything by itself.
"""

from dataclasses import dataclass, field

CONTROL_OWNER = "warehouse_owner"
AGGREGATED_OWNER = "aggregated_owner"

READ = "select"
WRITE = "select, insert, update, delete"


@dataclass(frozen=True)
class Role:
    """One database role."""

    comment: str
    temporary: bool = False  # may make temporary tables, and take advisory locks: the processes, not the readers
    member_of: tuple[str, ...] = ()  # only by `set role`: nothing is inherited
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

OWNERS: dict[str, Role] = {
    CONTROL_OWNER: Role("Owner of the schemas, of the ledger and of the vault. No login."),
    AGGREGATED_OWNER: Role("Owner of what readers see. No login; the releaser acts as it to change a table."),
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
    "dashboard": Role("The web pages.", settings=READER | {"statement_timeout": "30s"}),
    "analyst": Role("Analysts of a council: released marts.", settings=READER | {"statement_timeout": "5min"}),
    "researcher": Role(
        "Named researchers with a purpose: pseudonymised records and released marts.",
        settings=RESTRICTED_READER | {"search_path": "pseudonymised, aggregated"},
    ),
    "steward": Role("Data stewards: what was rejected and why, and withdrawal.", settings=RESTRICTED_READER),
    "auditor": Role("Auditors: the ledger, the balance sheet and the releases.", settings=RESTRICTED_READER),
}
ROLES: tuple[str, ...] = tuple(LOGINS)
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
        "Records under tokens, without direct identifiers: for named researchers with a purpose.",
        CONTROL_OWNER,
        use=("transformer", "researcher"),
        create=("transformer",),
    ),
    "aggregated_exact": Schema(
        "Marts with exact figures, before disclosure control. Restricted.",
        CONTROL_OWNER,
        use=("transformer", "releaser"),
        create=("transformer",),
    ),
    "aggregated": Schema(
        "What readers see: released marts and what helps to read them.",
        AGGREGATED_OWNER,
        use=("releaser", "dashboard", "analyst", "researcher"),
    ),
    "control": Schema(
        "Ledger, balance sheet, freshness, provenance and releases. Restricted.",
        CONTROL_OWNER,
        # the dashboards add lines to page_reads and read nothing
        use=("loader", "pseudonymiser", "transformer", "releaser", "steward", "auditor", "dashboard"),
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
        # the owner of released tables names its functions in their policies
        use=("dashboard", "analyst", "researcher", "releaser", "steward", "auditor", AGGREGATED_OWNER),
    ),
}

DEFAULTS: tuple[Default, ...] = (
    Default("loader", "raw", READ, ("transformer",)),
    Default("transformer", "pseudonymised", READ, ("researcher",)),
    Default("transformer", "aggregated_exact", READ, ("releaser",)),
    Default("transformer", "reference", READ, ("releaser",)),
    Default("transformer", "control", READ, ("releaser", "steward", "auditor")),
    Default(CONTROL_OWNER, "control", READ, ("loader", "transformer", "releaser", "steward", "auditor")),
    Default(CONTROL_OWNER, "vault", READ, ("transformer",)),
    Default(AGGREGATED_OWNER, "aggregated", READ, ("dashboard", "analyst", "researcher")),
    Default(AGGREGATED_OWNER, "aggregated", WRITE, ("releaser",)),
)

# Tables that one more role reads than their schema's rule says; made by landing and dbt, so they may not exist
# yet. Whoever makes them grants this as well (landing's raw table, the model's post-hook).
SINGLE_TABLES: dict[tuple[str, str], tuple[str, ...]] = {
    ("raw", "pupils"): ("pseudonymiser",),
    ("canonical", "identity_issues"): ("steward",),
}
CREATORS = ("loader", "transformer", CONTROL_OWNER, AGGREGATED_OWNER)
