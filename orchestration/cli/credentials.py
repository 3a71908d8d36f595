"""Commands about passwords: rotate."""

from typing import Annotated

import typer

from orchestration.cli.output import Exit, console, fail
from orchestration.settings import load_settings

credentials = typer.Typer(
    help="Passwords of the database's roles.\n\nExample: `warehouse credentials rotate --all`",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@credentials.command()
def rotate(
    role: Annotated[str | None, typer.Argument(help="A role, such as loader, or a person's login.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every role of the warehouse.")] = False,
) -> None:
    """Give roles new passwords while everything runs: open connections stay, new ones use the new password.

    The embedded database makes them up and keeps them. On a server name them first in WAREHOUSE_NEXT_PASSWORDS
    (`{"loader": "..."}`) of every process; once they are set, move each to its own variable at leisure. A person's
    login gets the password in WAREHOUSE_LOGIN_PASSWORD, or one that is printed once.

    Examples:

        warehouse credentials rotate loader

        warehouse credentials rotate --all
    """
    from orchestration.access import new_login_password
    from orchestration.database import ROLES, ensure_ready, rotate_passwords

    if (role is None) != everything:
        raise fail("name one role, or all with --all", Exit.USAGE)
    settings = load_settings()
    ensure_ready(settings)
    if role is not None and role not in ROLES:
        secret = settings.login_password.get_secret_value() if settings.login_password else None
        made = new_login_password(settings, role, secret)
        console.print(f"{role} has a new password.", highlight=False)
        if secret is None:
            console.print("It is shown this once: ", end="")
            typer.echo(made)
        return
    done = rotate_passwords(settings, ROLES if everything else (str(role),))
    console.print(f"New passwords: {', '.join(done)}.", highlight=False)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(credentials, name="credentials")
