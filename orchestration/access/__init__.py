"""Access: who may see which establishments. The database enforces it; here it is given, revoked and listed."""

from orchestration.access.clusters import Imported, import_clusters
from orchestration.access.errors import ReaderError
from orchestration.access.example import grant_example_set
from orchestration.access.granting import Granted, Validity, grant, revoke, revoke_scope
from orchestration.access.heads import grant_head, revoke_head
from orchestration.access.listing import list_scopes, review
from orchestration.access.logins import MadeLogin, end_login, give_login, new_login_password
from orchestration.access.own_school import own_school_decisions, turn_own_school
from orchestration.access.places import Place, authority_code, find_place
from orchestration.access.project_logins import authority_of_project
from orchestration.access.readers import Address, Person, reader_address
from orchestration.access.reads import collect_sql_reads, list_sql_reads
from orchestration.access.retention import forget_own_school_reads, forget_page_reads, forget_sql_reads
from orchestration.access.review_form import review_form
from orchestration.access.shared import count_schools, give_shared_logins

__all__ = [
    "Address",
    "Granted",
    "Imported",
    "MadeLogin",
    "Person",
    "Place",
    "ReaderError",
    "Validity",
    "authority_code",
    "authority_of_project",
    "collect_sql_reads",
    "count_schools",
    "end_login",
    "find_place",
    "forget_own_school_reads",
    "forget_page_reads",
    "forget_sql_reads",
    "give_login",
    "give_shared_logins",
    "grant",
    "grant_example_set",
    "grant_head",
    "import_clusters",
    "list_scopes",
    "list_sql_reads",
    "new_login_password",
    "own_school_decisions",
    "reader_address",
    "review",
    "review_form",
    "revoke",
    "revoke_head",
    "revoke_scope",
    "turn_own_school",
]
