"""A tab of a browser that notes what goes wrong in it: errors, refused content, requests to other hosts."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from dashboards.signin.cookies import SESSION

HEIGHTS = {320: 640, 1280: 800}
MOST_SCREENS = {320: 6, 1280: 3}
"""How high a page may be, paper apart, on a telephone and on a desk."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = """
async (rules) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] });
  return found.violations.map((one) => `${one.id}: ${one.help}\\n` +
    one.nodes.slice(0, 5).map((node) => `    ${node.target.join(" ")} | ${node.html.slice(0, 200)}`).join("\\n"));
}
"""


class Visit:
    """One tab in a context of its own."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.problems: list[str] = []
        self._context = context
        self._expected = 200
        self.page: Page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def go(self, path: str, status: int = 200) -> Page:
        """Open a page and check its status. ``path`` is ours, or a whole address."""
        self._expected = status
        answer = self.page.goto(path if "://" in path else self.base + path, wait_until="load")
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        return self.page

    def axe(self) -> list[str]:
        """Violations of WCAG 2.2 A and AA that axe finds, with all that folds opened first."""
        self.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        self.page.evaluate(AXE_SCRIPT)
        found: list[str] = self.page.evaluate(RUN_AXE, WCAG)
        return found

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth"
        )
        return wide

    def close(self) -> None:
        """Close the tab and its context."""
        self._context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        is_answer = "Failed to load resource" in message.text and self._expected >= 400
        if message.type in {"error", "warning"} and not is_answer:
            self.problems.append(f"console {message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and f"{parts.scheme}://{parts.netloc}" != self.base:
            self.problems.append(f"request to another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.problems.append(f"{response.status} for {response.url}")


NewVisit = Callable[..., Visit]  # reader, width=1280, javascript=True


def new_visit(browser: Browser, base: str, session: str | None, width: int, javascript: bool = True) -> Visit:
    """A tab of this width, with the session of a reader where there is one."""
    options: dict[str, Any] = {"viewport": {"width": width, "height": HEIGHTS.get(width, 800)}}
    # Without motion the page stands where the focus is as soon as a key has been pressed.
    options |= {"java_script_enabled": javascript, "locale": "en-GB", "reduced_motion": "reduce"}
    context = browser.new_context(**options)
    if session:
        context.add_cookies([{"name": SESSION, "value": session, "url": base}])
    return Visit(context, base)
