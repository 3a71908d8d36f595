"""Own school: the marts of one school, exact, for its head alone (RULES 47).

What goes is declared under ``own_school`` of each subject's ``release.yml``. Release writes it in the transaction of
the subject's released marts; the database decides by ``access.heads_in_force`` who reads it.
"""

from orchestration.release.own_school.rows import empty_own_school, write_own_school
from orchestration.release.own_school.tables import provision_own_school

__all__ = ["empty_own_school", "provision_own_school", "write_own_school"]
