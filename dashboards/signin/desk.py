"""What routes and middleware of sign-in share: the mode, cookies, rate, provider, and the work on the database.

Everything here blocks; the middleware and the routes call it in a worker thread.
"""

from dashboards.kit.page import PageRead, Reader
from dashboards.signin import readers, reads, sessions
from dashboards.signin.cookies import Cookies
from dashboards.signin.mode import Mode, require_same_kind, sign_in_mode
from dashboards.signin.provider import Identity, Provider
from dashboards.signin.rates import SignInRate
from dashboards.site.database import Database
from orchestration.settings import Settings

SIGN_IN = "sign-in"
SIGN_OUT = "sign-out"


class Desk:
    """Where readers sign in and out of one application. Raises SignInSettingsError when it is made."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.mode: Mode = sign_in_mode(settings)
        self.cookies = Cookies(self.mode.is_secure)
        self.rate = SignInRate(settings.sign_in_tries)
        self.provider = Provider(settings, self.mode) if self.mode.kind == "openid" else None
        self._environment = settings.environment
        self._lasts = sessions.lifetime(settings)
        self._database = database

    def who(self, opaque: str | None) -> tuple[int | None, Reader | None]:
        """Number of the reader of a session, and the reader; a number alone: one who may no longer read.

        The session of such a reader ends here.
        """
        if not opaque:
            return None, None
        with self._database.single() as connection:
            return sessions.session_reader(connection, opaque, self._lasts)

    def record(self, reader_id: int | None, read: PageRead, served: reads.Served) -> None:
        """Write a line of the access log."""
        with self._database.single() as connection:
            reads.record(connection, reader_id, read, served)

    def sign_in(self, reader_id: int, former: str | None) -> str | None:
        """Begin a session with a fresh id and end the one that the browser had; None if the reader may not read."""
        with self._database.writing() as connection:
            if readers.reader_by_number(connection, reader_id) is None:
                return None
            sessions.end_session(connection, former)
            opaque = sessions.start_session(connection, reader_id, self._lasts)
            reads.record(connection, reader_id, PageRead(SIGN_IN, "html"), reads.Served(303, 0))
            return opaque

    def refuse_sign_in(self, status: int) -> None:
        """Note a sign-in that did not come about."""
        self.record(None, PageRead(SIGN_IN, "html"), reads.Served(status, 0))

    def sign_out(self, opaque: str | None) -> None:
        """End a session."""
        if not opaque:
            return
        with self._database.writing() as connection:
            reader_id, _ = sessions.session_reader(connection, opaque, self._lasts)
            sessions.end_session(connection, opaque)
            if reader_id is not None:
                reads.record(connection, reader_id, PageRead(SIGN_OUT, "html"), reads.Served(303, 0))

    def reader_of_identity(self, identity: Identity) -> int | None:
        """Number of the reader whom the provider has identified. Raises SignInSettingsError (``require_same_kind``)."""
        with self._database.writing() as connection:
            require_same_kind(connection, self._environment)
            return readers.reader_by_identity(connection, identity)

    def example_reader(self, name: str) -> int | None:
        """Number of the made-up reader of this name; None if there is none. Raises like ``reader_of_identity``."""
        with self._database.writing() as connection:
            require_same_kind(connection, self._environment)
            found = readers.example_readers(connection)
        return next((reader_id for reader_id, reader_name, _ in found if reader_name == name), None)
