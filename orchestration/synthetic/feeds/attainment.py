"""The delta feeds of attainment of one authority, year after year: what is recorded goes out with the next delivery."""

from dataclasses import dataclass, field

from orchestration.synthetic.feeds.cfe_levels import late_level_events, level_events
from orchestration.synthetic.feeds.cfe_tracking import tracking_events
from orchestration.synthetic.feeds.events import Waiting
from orchestration.synthetic.feeds.leavers import leaver_events
from orchestration.synthetic.feeds.qualifications import qualification_events
from orchestration.synthetic.world.attainment.year import Attainment
from orchestration.synthetic.world.authority import YearWorld

KEYS = {
    "cfe_levels": ("academic_year", "organiser", "language"),
    "cfe_tracking": ("academic_year", "collection", "organiser", "language"),
    "qualifications": ("academic_year", "course_code"),
    "leavers": ("academic_year",),
}
"""The delta feeds, with what tells two rows of a pupil apart."""


@dataclass
class AttainmentFeeds:
    """Rows of each delta feed that are known, delivered or not; years have to be told in order."""

    feeds: tuple[str, ...]
    attainment: Attainment = field(default_factory=Attainment)
    rows: dict[str, Waiting] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = {feed: Waiting(key) for feed, key in KEYS.items() if feed in self.feeds}

    def year_begins(self, world: YearWorld, is_tracked: bool = True) -> None:
        """Adds what becomes known in the year; of one that is not tracked without predictions."""
        if not self.rows:
            return
        year = self.attainment.year(world, is_tracked)
        late = [] if year.levels_before is None else late_level_events(world, year.levels_before)
        found = {
            "cfe_levels": [*late, *level_events(world, year.levels)],
            "cfe_tracking": tracking_events(world, year.predictions),
            "qualifications": qualification_events(world, year),
            "leavers": [] if year.leavers is None else leaver_events(world, year.leavers),
        }
        for feed, waiting in self.rows.items():
            waiting.add(found[feed])
