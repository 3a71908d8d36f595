"""Commands for researchers' projects: what was approved, until when, and how many of its pupils are alike."""

import datetime as dt
import getpass
from typing import Annotated

import typer

from orchestration.cli.ledger import ReasonOption
from orchestration.cli.output import Exit, JsonOption, console, fail, print_rows
from orchestration.settings import Settings, load_settings

project = typer.Typer(
    name="project",
    help="Declare, list and end researchers' projects: each reads an extract under tokens of its own.\n\n"
    "Example: `warehouse project list`",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
SHOWN = ("project", "state", "authority", "owner", "columns", "until", "logins", "pupils", "unique_before",
         "under_bar_before", "unique_after", "withheld", "bar")  # fmt: skip


def _ready() -> Settings:
    from orchestration.database import ensure_ready

    settings = load_settings()
    ensure_ready(settings)
    return settings


def _reasons(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        column, is_there, reason = text.partition("=")
        if not is_there:
            raise fail(
                f'write a reason as COLUMN=REASON, such as --reason "age=compares year groups": {text}', Exit.USAGE
            )
        found[column.strip()] = reason
    return found


@project.command()
def create(
    name: Annotated[str, typer.Argument(help="Short name, for good: small letters, digits and _.")],
    authority: Annotated[
        str, typer.Option("--authority", help="Name or GSS code of the council whose records it has.")
    ],
    purpose: Annotated[str, typer.Option("--purpose", help="What the records are for.")],
    owner: Annotated[str, typer.Option("--owner", help="Who answers for the project.")],
    columns: Annotated[str, typer.Option("--columns", help="Columns it needs, with commas: NAME or NAME:DETAIL.")],
    last: Annotated[dt.datetime, typer.Option("--until", help="Last day.", formats=["%Y-%m-%d"])],
    subject: Annotated[list[str] | None, typer.Option("--subject", help="A subject, such as attendance.")] = None,
    reason: Annotated[
        list[str] | None, typer.Option("--reason", help="COLUMN=REASON, where a column or its detail takes one.")
    ] = None,
) -> None:
    """Declare a project, or give one that is there a later last day. Declaring what holds already changes nothing.

    Columns come coarse (age in bands, ethnicity in broad groups) unless a finer detail is named with its reason; a name
    or detail that is not known is answered with what there is. The next build writes the extract.

    Examples:

        warehouse project create stage_study --authority Clackmannanshire --purpose "Attendance by stage"
        --owner "Dr R Jones" --subject attendance --columns stage,sex,age,openings_attended --until 2099-06-30

        warehouse project create year_study --authority S12000005 --purpose "Age within a stage" --owner "Dr R Jones"
        --columns stage,age:years --reason "age=it is the question" --until 2099-06-30
    """
    from orchestration.access import authority_code
    from orchestration.projects import approval, declare

    reasons = _reasons(reason or [])
    settings = _ready()
    wanted = approval(
        name, purpose, owner, authority_code(settings, authority), subject or [], columns.split(","), reasons
    )
    done = declare(settings, wanted, last.date(), actor=getpass.getuser())
    if done.is_new:
        console.print(
            f"The project {name} is declared until {last.date()}. The next build writes its extract, at night or with "
            "`warehouse run --build`; give logins with `warehouse access login NAME --role researcher --project "
            f"{name}`.",
            highlight=False,
        )
    elif done.is_prolonged:
        console.print(
            f"The project {name} is in force until {last.date()} now; prolong its logins too.", highlight=False
        )
    else:
        console.print(f"The project {name} stands as declared, until {last.date()}.", highlight=False)


@project.command()
def end(name: Annotated[str, typer.Argument(help="Name of the project.")], reason: ReasonOption) -> None:
    """End a project for good. From the next query on nothing of it can be read; its rows go with the next build.

    Example: `warehouse project end stage_study --reason "the report is out"`
    """
    from orchestration.projects import end as end_project

    done = end_project(_ready(), name, reason, actor=getpass.getuser())
    console.print(f"The project {name} is ended: nothing of it can be read from now on.", highlight=False)
    if done.logins:
        console.print(
            f"These logins see nothing any more: {', '.join(done.logins)}. End each with `warehouse access login NAME "
            "--end`.",
            highlight=False,
        )


@project.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="What is over or ended too.")] = False,
    json_output: JsonOption = False,
) -> None:
    """List projects: what each was approved for, its logins, and how many of its pupils are like nobody else.

    The shares are of the last build: pupils that are unique, or like fewer than the bar, in the declared columns, and
    unique in the extract. --json has purpose, subjects and times too.

    Examples:

        warehouse project list

        warehouse project list --all --json
    """
    from orchestration.projects import list_projects

    rows = list_projects(_ready(), everything)
    if not json_output:
        rows = [{name: row[name] for name in SHOWN} for row in rows]
    print_rows(rows, "Researchers' projects", "There is no project: `warehouse project create --help`.", json_output)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(project)
