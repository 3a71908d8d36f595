"""``python -m dashboards.digest``: Today as an e-mail, for a reader who wants it; shown, or sent through Apprise.

The text is made in the reader's scope, in one transaction that names the reader, and is on record like a page. Nothing
is sent unless WAREHOUSE_DIGEST_URL says through what.
"""

import argparse
import logging
import sys
import time

import apprise
from sqlalchemy import Connection

from dashboards.kit.page import NotReadyError, PageRead, PageRequest
from dashboards.signin.readers import reader_by_number
from dashboards.signin.reads import Served, record
from dashboards.site.database import Database
from dashboards.site.scope import authority_names, page_request, releases_of
from dashboards.subjects.core import today
from dashboards.subjects.core.figures.digest_text import subject_of, text_of
from orchestration.errors import WarehouseError
from orchestration.settings import PROJECT_DIR, Settings, load_settings

logging.getLogger("apprise").addHandler(logging.NullHandler())  # it would tell addresses to standard error
OK = 200
TO = "{to}"


class DigestError(WarehouseError):
    """A digest cannot be made or sent; the message says why and what to do."""


def digest_of(connection: Connection, settings: Settings, reader_id: int) -> tuple[PageRequest, str]:
    """The checked request and the text, in the scope of the reader. Raises DigestError, NotReadyError."""
    reader = reader_by_number(connection, reader_id)
    if reader is None:
        raise DigestError("This reader may see nothing any more: see `warehouse access list`.")
    names = authority_names(PROJECT_DIR / "seeds")
    live = settings.environment == "live"
    asked = page_request(connection, today.PAGE, reader, names, {}, releases_of(connection), live)
    found = today.figures(connection, asked)
    return asked, text_of(asked, found.summary, found.season.title, found.leads, found.to_call, found.late)


def address_of(settings: Settings, email: str) -> str:
    """The Apprise address of one person: that of the setting with the e-mail address put in. Raises DigestError."""
    if settings.digest_url is None:
        raise DigestError(
            "No digest is sent: WAREHOUSE_DIGEST_URL is not set. It is an address of Apprise with {to} where the "
            "reader's e-mail address goes, such as mailtos://user:password@mail.example.org?to={to}. --show prints it."
        )
    address = settings.digest_url.get_secret_value()
    if TO not in address:
        raise DigestError("WAREHOUSE_DIGEST_URL has no {to}: every reader's digest would go to one place.")
    if not email:
        raise DigestError("This reader has no e-mail address on record: `warehouse access grant ... --email` adds it.")
    return address.replace(TO, email)


def send(address: str, title: str, body: str) -> None:
    """Send one text. Raises DigestError where the address is none, or it is not taken."""
    mail = apprise.Apprise()
    if not mail.add(address):
        raise DigestError("WAREHOUSE_DIGEST_URL is no address of Apprise.")
    if not mail.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT):
        raise DigestError("The digest was not taken: the mail server refused it, or is away.")


def run(settings: Settings, reader_id: int, email: str, show: bool) -> str:
    """Make the digest of a reader, put it on record, and send it unless it is only shown. Out: the text."""
    address = "" if show else address_of(settings, email)
    database = Database(settings)
    began = time.monotonic()
    try:
        with database.writing() as connection:
            asked, text = digest_of(connection, settings, reader_id)
        read = PageRead(today.PAGE.name, "html", asked.authority)
        with database.writing() as connection:
            record(connection, reader_id, read, Served(OK, int(1000 * (time.monotonic() - began))))
    finally:
        database.close()
    if address:
        send(address, subject_of(asked), text)
    return text


def main() -> None:
    """Show or send the digest of one reader; ``warehouse digest`` names the number, and the address by the input."""
    parser = argparse.ArgumentParser(prog="python -m dashboards.digest", description="Today as an e-mail.")
    parser.add_argument("--reader-id", type=int, required=True, help="number of the reader")
    parser.add_argument("--show", action="store_true", help="print it and send nothing")
    chosen = parser.parse_args()
    try:
        email = "" if chosen.show else sys.stdin.read().strip()
        text = run(load_settings(), chosen.reader_id, email, chosen.show)
    except (WarehouseError, NotReadyError) as error:
        parser.exit(1, f"Error: {error}\n")
    print(text if chosen.show else "Sent.")


if __name__ == "__main__":
    main()
