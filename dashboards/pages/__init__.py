"""The pages, in the order of the navigation. A new page is imported here and added to ``PAGES``."""

from dashboards.page import Page
from dashboards.pages import about, data_quality, today

PAGES: tuple[Page, ...] = (today.PAGE, data_quality.PAGE, about.PAGE)
