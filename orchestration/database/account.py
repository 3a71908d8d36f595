"""The operating system account that the embedded server runs under.

PostgreSQL refuses to run as root. Started by root it runs under a system user made for it; where that user
cannot reach the binaries or the data (below root's home, say), or cannot be made, in a user namespace that maps
root to an unprivileged account. Started by anybody else it runs as that user.
"""

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from orchestration.database.errors import StartError

SYSTEM_USER = "warehouse-postgres"
# initdb looks the mapped account up, so it has to exist; this one does on every Linux.
NAMESPACE_USER = "nobody"
# The server would keep everything else in its environment for as long as it runs, the pseudonym key included.
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True)
class Account:
    """How to run a PostgreSQL program: as whom, and behind which command."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def run(self, command: list[str], timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Run a program to its end under the account; output is captured, its failure is not raised.

        Raises StartError if it cannot be run at all.
        """
        switch = self.uid != os.geteuid()
        environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        try:
            return subprocess.run(
                [*self.prefix, *command],
                capture_output=True, text=True, check=False, timeout=timeout, cwd="/", stdin=subprocess.DEVNULL,
                env=environment | {"LC_ALL": "C"},
                user=self.uid if switch else None,
                group=self.gid if switch else None,
                extra_groups=[] if switch else None,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            raise StartError(
                f"{command[0]} cannot be run as user number {self.uid} ({type(error).__name__}): that user must be "
                "able to reach it. Keep the project outside root's home, or run this as an ordinary user."
            ) from error

    def give(self, path: Path) -> None:
        """Make the account the owner of a file or folder."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def account_of(data: Path) -> Account:
    """The account that owns an existing data folder. Raises StartError if this process may not act as it."""
    owner = data.stat()
    if owner.st_uid == os.geteuid():
        return _namespace() if owner.st_uid == 0 else Account(owner.st_uid, owner.st_gid)
    if os.geteuid() != 0:
        raise StartError(
            f"{data} belongs to another user (number {owner.st_uid}): run this as that user, "
            "or set WAREHOUSE_HOME to a folder of your own."
        )
    return Account(owner.st_uid, owner.st_gid)


def choose_account(postgres: str, folder: Path) -> Account:
    """The account for a new data folder below ``folder``, which must exist, with ``postgres`` to be run.

    Raises StartError if root has neither a usable system user nor user namespaces.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    user = _system_user()
    if user is not None:
        account = Account(user.pw_uid, user.pw_gid)
        if _works(account, postgres, folder):
            return account
    account = _namespace()
    if _works(account, postgres, folder):
        return account
    raise StartError(
        "PostgreSQL does not run as root, and no other account can be used: "
        f"user {SYSTEM_USER} cannot be made or cannot reach {folder} and {postgres}, and `unshare --user` does "
        "not work here. Run this as an ordinary user, or set WAREHOUSE_HOME to a folder that others may pass."
    )


def _works(account: Account, postgres: str, folder: Path) -> bool:
    try:
        return (
            account.run([postgres, "--version"]).returncode == 0
            and account.run(["test", "-x", str(folder)]).returncode == 0
        )
    except StartError:
        return False


def _namespace() -> Account:
    nobody = pwd.getpwnam(NAMESPACE_USER)
    mapped = (f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
    return Account(0, os.getegid(), ("unshare", "--user", *mapped))


def _system_user() -> pwd.struct_passwd | None:
    command = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    for _ in range(25):  # useradd locks /etc/passwd and gives up at once if somebody else has it
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            if command is None:
                return None
        made = subprocess.run(
            [command, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
             "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            capture_output=True, check=False,
        )  # fmt: skip
        if made.returncode != 0:
            time.sleep(0.2)
    return None
