"""What the name of a delivery says: the day of its extract, and which of that day it is."""

import datetime as dt
import re

from dashboards.kit.formats import date

NO_BREAK = "\u00a0"
NAME = re.compile(r"(?P<authority>[^/]+)/(?P<day>\d{4}-\d{2}-\d{2})(-(?P<number>\d+))?")


def order_of(delivery_key: str) -> tuple[str, int]:
    """Where a delivery stands in time: ``S12000005/2025-10-31-11`` comes after ``S12000005/2025-10-31-9``."""
    found = NAME.fullmatch(delivery_key)
    return (found["day"], int(found["number"] or 1)) if found else ("", 0)


def name_of(delivery_key: str) -> str:
    """A delivery as readers call it: ``31 October 2025``, from the second of a day on ``31 October 2025, no. 2``."""
    number = order_of(delivery_key)[1]
    day = day_of(delivery_key).replace(" ", NO_BREAK)
    return day if number <= 1 else f"{day}, no.{NO_BREAK}{number}"


def day_of(delivery_key: str) -> str:
    """The day of its extract as readers read it: ``31 October 2025``."""
    found = NAME.fullmatch(delivery_key)
    try:
        return date(dt.date.fromisoformat(found["day"]) if found else None)
    except ValueError:
        return date(None)
