"""The pages, in the order of the navigation. A new page is imported here and added to ``PAGES``."""

from dashboards.page import Page
from dashboards.pages import about, authority, data_quality, school, schools, today

PAGES: tuple[Page, ...] = (
    today.PAGE,
    authority.PAGE,
    schools.PAGE,
    school.PAGE,
    data_quality.PAGE,
    about.PAGE,
)
