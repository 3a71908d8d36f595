"""What dbt has to know about the database, as environment variables for ``profiles/profiles.yml``."""

from orchestration.database.connections import EMBEDDED_HOST, parameters
from orchestration.settings import Settings

# dbt keeps the value of a variable with this prefix out of its logs and artefacts.
PASSWORD_VARIABLE = "DBT_ENV_SECRET_WAREHOUSE_PASSWORD"  # noqa: S105


NOWHERE = {"host": EMBEDDED_HOST, "port": "1", "user": "transformer", "sslmode": "disable"}
"""For parsing a project: dbt wants a profile and asks nothing of it. Always the same one, because dbt parses the whole
project anew when the address in its profile is not that of the last parse."""


def dbt_environment(settings: Settings, is_parsing: bool = False) -> dict[str, str]:
    """Variables that ``profiles/profiles.yml`` reads, for the transformer. Holds a password: never log it.

    With ``is_parsing`` there need be no database. Else raises NotRunningError where there is none.
    """
    known = {**NOWHERE, "dbname": settings.pg_database} if is_parsing else parameters(settings, "transformer")
    return {
        "DBT_PROFILES_DIR": str(settings.project_dir / "profiles"),
        "WAREHOUSE_DBT_TARGET": settings.target,
        "WAREHOUSE_DBT_HOST": known["host"],
        "WAREHOUSE_DBT_PORT": known["port"],
        "WAREHOUSE_DBT_DATABASE": known["dbname"],
        "WAREHOUSE_DBT_USER": known["user"],
        "WAREHOUSE_DBT_SSLMODE": known["sslmode"],
        "WAREHOUSE_DBT_THREADS": str(settings.threads),
        "WAREHOUSE_CODE_VERSION": settings.code_version,
        PASSWORD_VARIABLE: known.get("password", ""),
        "DO_NOT_TRACK": "1",
    }
