"""What a project may ask for, from ``columns.yml``: columns, their degrees of detail, and the bar of likeness."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.projects.errors import ProjectError
from orchestration.yaml_files import read_yaml

FILE = Path(__file__).parent / "columns.yml"
AMOUNT = "amount"
"""The one detail of a column that is added up, such as openings."""


class Detail(BaseModel):
    """One degree of detail: a column of ``pseudonymised.pupil_years``, as it is or with its values grouped."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: str = Field(pattern="^[a-z_0-9]+$")
    reason: bool = False
    values: dict[str, list[str]] | None = None


class Characteristic(BaseModel):
    """A column of pupils: whether it identifies, and its degrees of detail, the finest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    identifies: bool
    default: str
    details: dict[str, Detail]

    @model_validator(mode="after")
    def _default_is_there(self) -> "Characteristic":
        if self.default not in self.details:
            raise ValueError(f"the default {self.default!r} is none of its details")
        return self

    def from_detail(self, name: str) -> list[Detail]:
        """The details from the one named to the coarsest."""
        names = list(self.details)
        return [self.details[one] for one in names[names.index(name) :]]


class Subject(BaseModel):
    """A subject's table of an extract: what it is added up from, and which columns take a reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    table: str
    source: str
    columns: dict[str, bool]


class Offer(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    smallest_group: int = Field(ge=2)
    pupils: dict[str, Characteristic]
    subjects: dict[str, Subject]


@dataclass(frozen=True)
class Wanted:
    """A column of a project: its detail, and the reason where one was given."""

    column: str
    detail: str
    reason: str | None


@cache
def offer() -> Offer:
    """What there is to ask for."""
    return Offer.model_validate(read_yaml(FILE))


def wanted_columns(subjects: Iterable[str], columns: Iterable[str], reasons: Mapping[str, str]) -> list[Wanted]:
    """The columns that a project asks for, each with its detail and reason, in the order of their names.

    In: names of subjects; columns as ``name`` or ``name:detail``; reasons by column. Raises ProjectError, naming what
    there is, for what is not known, named twice, of a subject that was not named, or without its reason.
    """
    offered, found = offer(), {}
    unknown = sorted(set(subjects) - set(offered.subjects))
    if unknown:
        raise ProjectError(f"there is no subject {unknown[0]!r}: choose of {', '.join(offered.subjects)}")
    for text in columns:
        name, _, detail = text.strip().partition(":")
        if name in found:
            raise ProjectError(f"the column {name} is named twice: say its detail once, such as {name}:DETAIL")
        found[name] = _wanted(offered, name, detail, reasons.get(name), set(subjects))
    if not found:
        raise ProjectError(f"name the columns that it needs: {_names(offered)}")
    idle = sorted(set(reasons) - set(found))
    if idle:
        raise ProjectError(f"a reason is given for {idle[0]}, which is none of the columns that were named")
    idle = sorted(name for name in set(subjects) if not found.keys() & offered.subjects[name].columns.keys())
    if idle:
        of = ", ".join(offered.subjects[idle[0]].columns)
        raise ProjectError(f"of the subject {idle[0]} no column is named: {of}")
    return [found[name] for name in sorted(found)]


def _wanted(offered: Offer, name: str, detail: str, reason: str | None, subjects: set[str]) -> Wanted:
    if name in offered.pupils:
        column = offered.pupils[name]
        detail = detail or column.default
        if detail not in column.details:
            raise ProjectError(f"{name} has no detail {detail!r}: choose of {', '.join(column.details)}")
        needs_reason = column.details[detail].reason
    else:
        of = next((key for key, subject in offered.subjects.items() if name in subject.columns), None)
        if of is None:
            raise ProjectError(f"there is no column {name!r}: choose of {_names(offered)}")
        if of not in subjects:
            raise ProjectError(f"{name} is of the subject {of}: name it with --subject {of}")
        if detail not in ("", AMOUNT):
            raise ProjectError(f"{name} is an amount and has no detail {detail!r}")
        detail, needs_reason = AMOUNT, offered.subjects[of].columns[name]
    if needs_reason and not (reason or "").strip():
        raise ProjectError(f'{name}:{detail} takes a reason: --reason "{name}=why the project needs it"')
    return Wanted(name, detail, reason.strip() if reason else None)


def _names(offered: Offer) -> str:
    pupils = [f"{name} ({', '.join(one.details)})" for name, one in offered.pupils.items()]
    return ", ".join([*pupils, *(name for subject in offered.subjects.values() for name in subject.columns)])
