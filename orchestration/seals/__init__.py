"""Seals of derived tables: compared with the rows, so that a value that changed behind the models' back is named.

dbt writes them (``dbt_project/macros/core/scopes/seals.sql``); here they are read.
"""

from orchestration.seals.beside import count_different_rows
from orchestration.seals.check import Broken, Scope, broken_groups, check_seals, due_scopes, known_scopes, record_broken
from orchestration.seals.contents import MARKS, broken_contents, broken_openings, raw_contents
from orchestration.seals.verify import check_due_seals, everything_broken, verify_everything

__all__ = [
    "MARKS",
    "Broken",
    "Scope",
    "broken_contents",
    "broken_groups",
    "broken_openings",
    "check_due_seals",
    "check_seals",
    "count_different_rows",
    "due_scopes",
    "everything_broken",
    "known_scopes",
    "raw_contents",
    "record_broken",
    "verify_everything",
]
