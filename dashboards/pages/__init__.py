"""The pages, in the order of the navigation. A new page is imported here and added to ``PAGES``."""

from dashboards.page import Page
from dashboards.pages import about

PAGES: tuple[Page, ...] = (about.PAGE,)
