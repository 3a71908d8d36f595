"""New passwords for roles while everything runs.

The embedded database's file has the new password a moment before the server does; whoever is refused in that moment
reads the file again and tries again (``connect``). On a server each process is told the next password beforehand and
tries it where the old one is refused. Processes of the build get theirs while no build and no landing runs: dbt is
told its password once, and opens connections as it goes.
"""

from collections.abc import Iterable
from contextlib import ExitStack

from orchestration.database.cluster import ADMIN
from orchestration.database.connections import configured_password, connect
from orchestration.database.errors import AccessError, DatabaseError
from orchestration.database.home import keep_passwords, locked, places
from orchestration.database.locks import advisory_lock
from orchestration.database.passwords import new_password, set_password
from orchestration.database.roles import ROLES, login_of
from orchestration.settings import Settings

WAIT_SECONDS = 600


def rotate_passwords(settings: Settings, roles: Iterable[str]) -> list[str]:
    """Give each role a new password. Out: the roles that have one. Raises AccessError where none is named for a server.

    After a crash in between, `warehouse up` sets what the file says.
    """
    wanted = list(roles)
    unknown = [role for role in wanted if role not in ROLES]
    if unknown:
        raise DatabaseError(f"There is no role {unknown[0]!r}: use one of {', '.join(ROLES)}.")
    made = {role: _following(settings, role) for role in wanted}
    with ExitStack() as held:
        if settings.target == "embedded":
            for role, name in (("loader", "landing"), ("releaser", "build")):
                connection = held.enter_context(connect(settings, role, autocommit=True))
                held.enter_context(advisory_lock(connection, name, WAIT_SECONDS))  # type: ignore[arg-type]
            held.enter_context(locked(places(settings)))
        with connect(settings, ADMIN) as admin:
            for role, password in made.items():
                set_password(admin, login_of(role), password)
            if settings.target == "embedded":
                keep_passwords(places(settings), made)
    return wanted


def _following(settings: Settings, role: str) -> str:
    following = settings.next_passwords.get(role)
    if following is not None:
        return following.get_secret_value()
    if settings.target == "server" or configured_password(settings, role) is not None:
        raise AccessError(
            f"The password of {role} is in the settings: name the next one in WAREHOUSE_NEXT_PASSWORDS "
            f'({{"{role}": "..."}}) of every process that uses it, then run this again.'
        )
    return new_password()
