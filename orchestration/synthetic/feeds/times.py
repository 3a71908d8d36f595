"""Times of day as extracts write them: local, with their offset."""

from datetime import date, timedelta

import numpy as np

from orchestration.synthetic.world.people import Days


def offset(when: date) -> str:
    """Offset of British time on a date (the change at one in the morning of the day itself is left out)."""
    spring = date(when.year, 3, 31)
    autumn = date(when.year, 10, 31)
    spring -= timedelta(days=(spring.weekday() + 1) % 7)
    autumn -= timedelta(days=(autumn.weekday() + 1) % 7)
    return "+01:00" if spring <= when < autumn else "+00:00"


def moment(when: date, hour: int, minute: int) -> str:
    """A time of day with its offset, as extracts write it."""
    return f"{when.isoformat()}T{hour:02d}:{minute:02d}:00{offset(when)}"


def moments(days: Days) -> list[str]:
    """Noon of each day, with its offset."""
    unique, place = np.unique(days, return_inverse=True)
    texts = np.array([moment(day.astype(date), 12, 0) for day in unique], dtype=object)
    return texts[place].tolist()  # type: ignore[no-any-return]
