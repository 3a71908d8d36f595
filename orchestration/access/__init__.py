"""Access: who may see which establishments. The database enforces it; here it is given, revoked and listed."""

from orchestration.access.clusters import Imported, import_clusters
from orchestration.access.errors import ReaderError
from orchestration.access.example import grant_example_set
from orchestration.access.granting import Granted, Validity, grant, revoke, revoke_scope
from orchestration.access.listing import list_scopes, review
from orchestration.access.places import Place, authority_code, find_place
from orchestration.access.readers import Person
from orchestration.access.retention import forget_page_reads
from orchestration.access.shared import count_schools, give_shared_logins

__all__ = [
    "Granted",
    "Imported",
    "Person",
    "Place",
    "ReaderError",
    "Validity",
    "authority_code",
    "count_schools",
    "find_place",
    "forget_page_reads",
    "give_shared_logins",
    "grant",
    "grant_example_set",
    "import_clusters",
    "list_scopes",
    "review",
    "revoke",
    "revoke_scope",
]
