"""Commands that say who may see which establishments. Each change is a row with who made it and when."""

import datetime as dt
import getpass
from typing import Annotated

import typer

from orchestration.cli import access_sets, own_school
from orchestration.cli.output import Exit, JsonOption, console, fail, print_rows
from orchestration.settings import Settings, load_settings

access = typer.Typer(
    help="Give, take back and list who may see which establishments.\n\n"
    "Example: `warehouse access grant jane --authority Clackmannanshire --email jane@example.org`",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
ReaderArgument = Annotated[str, typer.Argument(help="Short name of a person, or an analyst's login.")]
AuthorityOption = Annotated[str | None, typer.Option("--authority", help="Name or GSS code of a council.")]
ClusterOption = Annotated[str | None, typer.Option("--cluster", help="Name of a cluster of schools.")]
SchoolOption = Annotated[str | None, typer.Option("--school", help="SEED code of one school.")]
SectorOption = Annotated[str | None, typer.Option("--sector", help="Its sector: primary, secondary or special.")]
PLAIN = ("scope", "school")


def _ready() -> Settings:
    from orchestration.database import ensure_ready

    settings = load_settings()
    ensure_ready(settings)
    return settings


@access.command()
def grant(
    reader: ReaderArgument,
    authority: AuthorityOption = None,
    cluster: ClusterOption = None,
    school: SchoolOption = None,
    sector: SectorOption = None,
    group: Annotated[
        str | None, typer.Option("--group", help="Join this group; what else is named is given to the group.")
    ] = None,
    email: Annotated[
        str | None, typer.Option("--email", help="Address by which a person is known at the first sign-in.")
    ] = None,
    display_name: Annotated[str | None, typer.Option("--display-name", help="Name as pages show it.")] = None,
    first: Annotated[dt.datetime | None, typer.Option("--from", help="First day.", formats=["%Y-%m-%d"])] = None,
    last: Annotated[dt.datetime | None, typer.Option("--until", help="Last day.", formats=["%Y-%m-%d"])] = None,
    same_person: Annotated[
        bool, typer.Option("--same-person", help="Who had left, or is known by another address, is this same person.")
    ] = False,
    head_of: Annotated[
        bool, typer.Option("--head-of", help="Head of the school until --until: sees its own figures exactly, too.")
    ] = False,
) -> None:
    """Let a reader see an authority, a cluster or one school. Giving what holds already changes nothing.

    A reader who is new is made, as a person who signs in to the dashboards; logins for SQL are made with
    `warehouse access login`. A short name means one person for good. With `--head-of` a person sees the own school's
    exact figures as well, where the council has turned that on (`warehouse access own-school`).

    Examples:

        warehouse access grant jane --authority Clackmannanshire --email jane@example.org

        warehouse access grant head --school 5700329 --sector primary --until 2027-06-30

        warehouse access grant jane --group "Area team" --cluster "Alva Academy"

        warehouse access grant head --school 5700329 --sector primary --head-of --until 2027-06-30
    """
    from orchestration.access import Person, Validity, find_place, grant_head
    from orchestration.access import grant as give
    from orchestration.database import connect

    settings = _ready()
    with connect(settings, "steward") as connection:
        place = find_place(connection, settings, authority, cluster, school, sector)
    give_it = grant_head if head_of else give
    done = give_it(
        settings, reader, place,
        actor=getpass.getuser(), person=Person(display_name, email), group=group,
        validity=Validity(first.date() if first else None, last.date() if last else None),
        same_person=same_person,
    )  # fmt: skip
    whose = f"the group {group}, to which {reader} belongs" if group else reader
    if head_of and last is not None:
        console.print(f"{reader} is head of the {place} until {last.date()}.", highlight=False)
    elif place is None:
        console.print(f"{reader} belongs to the group {group}.", highlight=False)
    elif done.scope_id is None:
        console.print(f"{place} is given to {whose} already.", highlight=False)
    else:
        console.print(f"{place} is given to {whose} (scope {done.scope_id}).", highlight=False)


@access.command()
def revoke(
    reader: Annotated[str | None, typer.Argument(help="Short name of the reader.")] = None,
    authority: AuthorityOption = None,
    cluster: ClusterOption = None,
    school: SchoolOption = None,
    sector: SectorOption = None,
    group: Annotated[str | None, typer.Option("--group", help="Leave this group.")] = None,
    scope: Annotated[int | None, typer.Option("--scope", help="One scope by its number, a group's too.")] = None,
    head_of: Annotated[
        bool, typer.Option("--head-of", help="The headship alone: own figures go, the school's scope stays.")
    ] = False,
) -> None:
    """Take back a scope, a membership, or with no more than a name everything. Holds from the next query on.

    With the scope of a school goes the headship of it.

    Examples:

        warehouse access revoke jane --authority Clackmannanshire

        warehouse access revoke jane --group "Area team"

        warehouse access revoke jane

        warehouse access revoke --scope 12

        warehouse access revoke head --school 5700329 --sector primary --head-of
    """
    from orchestration.access import find_place, revoke_head, revoke_scope
    from orchestration.access import revoke as take_back
    from orchestration.database import connect

    if (reader is None) == (scope is None):
        raise fail("name a reader, or a scope by its number with --scope", Exit.USAGE)
    settings = _ready()
    if scope is not None:
        revoke_scope(settings, scope, actor=getpass.getuser())
        console.print(f"Scope {scope} is taken back.", highlight=False)
        return
    assert reader is not None
    with connect(settings, "steward") as connection:
        place = find_place(connection, settings, authority, cluster, school, sector)
    if head_of:
        count = revoke_head(settings, reader, place, actor=getpass.getuser())
    else:
        count = take_back(settings, reader, place, actor=getpass.getuser(), group=group)
    console.print(f"Taken back from {reader}: {count}.", highlight=False)


@access.command()
def login(
    name: Annotated[str, typer.Argument(help="Name of the login: small letters, digits and _.")],
    role: Annotated[str, typer.Option("--role", help="analyst or researcher.")] = "analyst",
    authority: AuthorityOption = None,
    project: Annotated[str | None, typer.Option("--project", help="A researcher's project, for good.")] = None,
    last: Annotated[dt.datetime | None, typer.Option("--until", help="Last day.", formats=["%Y-%m-%d"])] = None,
    end: Annotated[bool, typer.Option("--end", help="End the login for good, its sessions too.")] = False,
) -> None:
    """Make a login for one person who reads SQL, prolong it, or end it. It reads one authority until its last day.

    A researcher's belongs to a project, which says the authority; without one it reads no records. The password of a
    new one is taken from WAREHOUSE_LOGIN_PASSWORD, or made up and printed once.

    Examples:

        warehouse access login a_smith --role analyst --authority Clackmannanshire --until 2099-06-30

        warehouse access login r_jones --role researcher --project stage_study --until 2099-06-30

        warehouse access login a_smith --end
    """
    from orchestration.access import authority_code, authority_of_project, end_login, give_login

    settings = _ready()
    if end:
        end_login(settings, name, actor=getpass.getuser())
        console.print(f"The login {name} is ended.", highlight=False)
        return
    if (authority is None and project is None) or last is None:
        raise fail("name what it reads with --authority or --project, and its last day with --until", Exit.USAGE)
    secret = settings.login_password.get_secret_value() if settings.login_password else None
    code = authority_code(settings, authority) if authority else authority_of_project(settings, project or "")
    actor, day = getpass.getuser(), last.date()
    made = give_login(settings, name, role, code, day, actor=actor, password=secret, project=project)
    what = f"the project {project} of {code}" if project else authority
    console.print(f"{name} reads {what} as {role} until {day}.", highlight=False)
    if made.password is not None and secret is None:
        console.print("Its password, shown this once: ", end="")
        typer.echo(made.password)


@access.command()
def reads(
    login: Annotated[str | None, typer.Option("--login", help="Readings of this login alone.")] = None,
    json_output: JsonOption = False,
) -> None:
    """List which login read which mart by SQL, the newest first.

    Example: `warehouse access reads --login a_smith`
    """
    from orchestration.access import collect_sql_reads, list_sql_reads

    settings = _ready()
    collect_sql_reads(settings)
    print_rows(list_sql_reads(settings, login), "Readings by SQL", "Nobody has read by SQL.", json_output)


@access.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="What is expired or revoked too.")] = False,
    json_output: JsonOption = False,
) -> None:
    """List scopes, memberships and headships, with who gave them and until when.

    Examples:

        warehouse access list

        warehouse access list --all --json
    """
    from orchestration.access import list_scopes

    rows = list_scopes(_ready(), everything)
    if not json_output and not everything:
        rows = [{name: row[name] for name in row if not name.startswith("revoked_")} for row in rows]
    print_rows(rows, "Scopes", "Nobody has a scope: `warehouse access grant --help`.", json_output, PLAIN)


@access.command()
def review(
    json_output: JsonOption = False,
    form: Annotated[bool, typer.Option("--form", help="Print it as a form to be signed, in Markdown.")] = False,
) -> None:
    """Print who can see what: readers by scope, logins that reach further by their role, and what is not declared.

    Reads the database's own catalogue: roles, memberships, grants to whomever, owners, policies, settings. Ends with
    exit code 3 where anything differs from what is declared; `warehouse up` puts right what it can.

    Examples:

        warehouse access review

        warehouse access review --json

        warehouse access review --form
    """
    from orchestration.access import review as who_sees_what
    from orchestration.access import review_form

    settings = _ready()
    rows = who_sees_what(settings)
    if form:
        typer.echo(review_form(settings, rows))
    else:
        print_rows(rows, "Who can see what", "Nobody.", json_output)
    if any(row["kind"] == "difference" for row in rows):
        raise typer.Exit(Exit.ATTENTION)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    own_school.add_to(access)
    access_sets.add_to(access)
    app.add_typer(access, name="access")
