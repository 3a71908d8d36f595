"""Which columns a head may see exactly of the own school, read strictly: what is not named does not go (RULES 47)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.contracts.document import Problem
from orchestration.meant import hint
from orchestration.release.declared.agreement_of_marts import twice

Found = Mapping[str, Any]
NEVER = ("exclu", "reason", "looked_after", "milestone", "behind", "withheld")
"""Parts of names of marts and columns that no head is shown exactly: exclusions, reasons, looked-after status,
milestones of single pupils; nor what protection keeps of itself."""


def own_school_disagreements(found: Found) -> Iterator[Problem]:
    """What does not fit under ``own_school``, each with its place. The form has been checked before.

    A mart has to be one of this subject's, with a row for each school; a column one that the mart declares, be it
    shown or inside, and is no key: keys come by themselves. Names of what rule 47 leaves out are refused.
    """
    marts, school = found["marts"], found["places"][0]["name"]
    for name, columns in (found.get("own_school") or {}).items():
        here = ("own_school", name)
        if name not in marts:
            yield Problem(here, f"is no mart of this subject; {hint(name, marts)}")
            continue
        mart = marts[name]
        if mart["place"] != school or mart.get("either"):
            yield Problem(here, f"has no row for each {school}, so nobody can be shown the own one alone")
        known = [*mart["measures"], *(mart.get("stamps") or ()), *(mart.get("inside") or ())]
        for column in sorted(set(columns) - set(known)):
            yield Problem(here, f"has {column}; {hint(column, known)}")
        for column in twice(columns):
            yield Problem(here, f"has {column} twice")
        for said in [name, *columns]:
            if part := next((part for part in NEVER if part in said), None):
                yield Problem(here, f"has {said}, and nothing of the name {part} is shown to heads exactly")
