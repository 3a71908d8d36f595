"""Settings of the warehouse, all from the environment (see ``.env.example``), in one typed object.

Nothing else reads environment variables, so what a process may be told is listed here and nowhere else.
"""

import subprocess
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from orchestration.errors import WarehouseError

PROJECT_DIR = Path(__file__).resolve().parent.parent


class SettingsError(WarehouseError):
    """A setting cannot be used as it is."""


class Settings(BaseSettings):
    """Where state lives, which database is used, and under which key pupils are pseudonymised.

    Each field is read from ``WAREHOUSE_<FIELD>`` or a ``.env`` file in the project folder.
    ``load_settings`` says which one cannot be used.
    """

    model_config = SettingsConfigDict(
        env_prefix="WAREHOUSE_", env_file=PROJECT_DIR / ".env", extra="ignore", env_ignore_empty=True
    )

    home: Path = Field(PROJECT_DIR / ".warehouse", description="The one folder that holds all state.")
    landing: Path = Field(Path("landing"), description="Deliveries are read from here; relative to home.")
    history: Path = Field(Path("dagster"), description="Dagster's history of runs is kept here; relative to home.")
    environment: Literal["synthetic", "test", "live"] = Field(
        "synthetic", description="Live data land only in a live warehouse, and made-up data never do."
    )
    target: Literal["embedded", "server"] = Field("embedded", description="Which PostgreSQL is used.")
    pg_bin: Path | None = Field(None, description="Folder of PostgreSQL binaries instead of the wheel's.")
    pg_host: str = Field("127.0.0.1", description="Server target: host.")
    pg_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Port. Unset: embedded picks a free one and keeps it, server uses 5432.",
    )
    pg_database: str = Field("warehouse", min_length=1, description="Name of the database.")
    pg_sslmode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] = Field(
        "require", description="Server target: libpq sslmode."
    )
    pg_admin_user: str = Field("postgres", min_length=1, description="Who may create roles and schemas.")
    pg_admin_password: SecretStr | None = Field(None, description="Their password; embedded makes its own.")
    loader_password: SecretStr | None = Field(None, description="Password of loader, which fills raw.")
    pseudonymiser_password: SecretStr | None = Field(None, description="Password of pseudonymiser (vault).")
    transformer_password: SecretStr | None = Field(None, description="Password of transformer, which runs dbt.")
    releaser_password: SecretStr | None = Field(None, description="Password of releaser (aggregated).")
    dashboard_password: SecretStr | None = Field(None, description="Password of dashboard, the web pages.")
    analyst_password: SecretStr | None = Field(None, description="Password of analyst, who reads aggregated.")
    researcher_password: SecretStr | None = Field(None, description="Password of researcher (pseudonymised).")
    steward_password: SecretStr | None = Field(None, description="Password of steward (rejects, withdrawal).")
    auditor_password: SecretStr | None = Field(None, description="Password of auditor, who reads control.")
    login_password: SecretStr | None = Field(
        None,
        description="Password of a login that `warehouse access login` or `credentials rotate` makes next, or that "
        "`warehouse export --login` reads as.",
    )
    next_passwords: dict[str, SecretStr] = Field(
        {}, description="Passwords by role that `warehouse credentials rotate` will set: tried where the old one fails."
    )
    pseudonym_key: SecretStr | None = Field(
        None, description="Key of the pseudonyms, at least 32 characters. Kept outside the database."
    )
    digest_url: SecretStr | None = Field(
        None, description="Address of Apprise with {to} through which `warehouse digest` sends. Unset: nothing is sent."
    )
    threads: int = Field(
        2, ge=1, le=16, description="Threads of dbt and of file validation, and processes that judge a release."
    )
    memory_limit: str = Field("1GB", description="Memory that file validation may take.")
    runs_kept_days: int = Field(
        90, ge=0, le=36500, description="Days for which Dagster's history of runs is kept; the ledger keeps everything."
    )

    export_licence: str | None = Field(
        None, description="Address of the licence under which exported files may be used; unset: within the council."
    )

    release_seconds: int = Field(
        600, gt=0, le=86_400, description="Seconds that the release of one council may take before it is refused."
    )

    dashboards_url: str | None = Field(
        None,
        description="Address of the dashboards as readers type it (scheme, host, port); unset: this machine only.",
    )
    dashboards_contact: str = Field(
        "the education data team of your council", description="Whom a person without access asks, as pages say it."
    )
    oidc_issuer: str | None = Field(None, description="Identity provider (OpenID Connect): its issuer address.")
    oidc_client_id: str | None = Field(None, description="Name under which the provider knows the dashboards.")
    oidc_client_secret: SecretStr | None = Field(None, description="Secret that goes with it.")
    oidc_trust_email: bool = Field(
        False,
        description="Take an e-mail address without the claim email_verified; only where the council alone sets them.",
    )
    session_idle_minutes: int = Field(
        30, ge=1, le=720, description="A reader who does nothing for so long signs in again."
    )
    sign_in_tries: int = Field(
        30, ge=1, le=10_000, description="Tries to sign in within a minute from one address; a school may have one."
    )
    session_hours: int = Field(12, ge=1, le=24, description="A reader signs in again after so long, whatever they do.")

    @model_validator(mode="after")
    def _resolve_paths(self) -> "Settings":
        self.home = self.home.expanduser().absolute()
        landing, history = self.landing.expanduser(), self.history.expanduser()
        self.landing = landing if landing.is_absolute() else self.home / landing
        self.history = history if history.is_absolute() else self.home / history
        return self

    @property
    def project_dir(self) -> Path:
        """The folder that holds ``dbt_project``, ``seeds`` and ``profiles``."""
        return PROJECT_DIR

    @property
    def dbt_dir(self) -> Path:
        """The dbt project."""
        return PROJECT_DIR / "dbt_project"

    @property
    def seeds_dir(self) -> Path:
        """The seeds: code lists, geography and published statistics."""
        return PROJECT_DIR / "seeds"

    @cached_property
    def code_version(self) -> str:
        """Version of the code, with the commit where the project is a checkout and git there: ``0.1.0+ab12cd3``."""
        release = version("school-data-warehouse")
        try:
            found = subprocess.run(
                ["git", "-C", str(PROJECT_DIR), "rev-parse", "--short", "HEAD"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        except FileNotFoundError:  # an image of the project has no git
            return release
        commit = found.stdout.strip()
        return f"{release}+{commit}" if found.returncode == 0 and commit else release


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment; keyword arguments take precedence over it.

    Raises SettingsError naming each variable that cannot be used, without its value, which may be a secret.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # validated by pydantic
    except ValidationError as error:
        wrong = "; ".join(
            f"WAREHOUSE_{'_'.join(str(part) for part in one['loc']).upper()}: {one['msg'][0].lower()}{one['msg'][1:]}"
            for one in error.errors(include_url=False, include_input=False)
        )
        raise SettingsError(f"{wrong}. Correct it in the environment or in {PROJECT_DIR / '.env'}.") from None
