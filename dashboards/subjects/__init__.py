"""The pages, in the order of the navigation. A new page is imported here and added to ``PAGES``."""

from dashboards.kit.page import Page
from dashboards.subjects.attainment import attainment, school_attainment
from dashboards.subjects.attendance import authority, authority_brief, authority_pack, school, school_brief, schools
from dashboards.subjects.core import about, aims, data_quality, school_overview, today
from dashboards.subjects.roll import roll, school_roll
from dashboards.subjects.senior_phase import school_senior_phase, senior_phase

PAGES: tuple[Page, ...] = (
    today.PAGE,
    authority.PAGE,
    schools.PAGE,
    school_overview.PAGE,
    school.PAGE,
    school_brief.PAGE,
    authority_brief.PAGE,
    authority_pack.PAGE,
    attainment.PAGE,
    school_attainment.PAGE,
    senior_phase.PAGE,
    school_senior_phase.PAGE,
    aims.PAGE,
    roll.PAGE,
    school_roll.PAGE,
    data_quality.PAGE,
    about.PAGE,
)
