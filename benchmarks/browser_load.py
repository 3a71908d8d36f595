"""A page in Chromium as a reader meets it for the first time: weight, largest contentful paint, all charts drawn."""

import statistics
from dataclasses import dataclass

from playwright.sync_api import Browser

from benchmarks.running_dashboards import SESSION

LARGEST = """
() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => done(-1), 3000);
})
"""
PATIENCE = 60_000


@dataclass(frozen=True)
class Seen:
    """Medians: kilobytes over the wire, milliseconds to the largest paint and until all charts stand."""

    kilobytes: float
    largest_paint: float
    charts_drawn: float


def see(browser: Browser, address: str, session: str | None, charts: str, number: int, times: int) -> Seen:
    """Open a page ``times`` over in a browser that knows nothing yet; wait for ``number`` of ``charts``."""
    found = [_once(browser, address, session, charts, number) for _ in range(times)]
    return Seen(*(statistics.median(values) for values in zip(*found, strict=True)))


def _once(browser: Browser, address: str, session: str | None, charts: str, number: int) -> tuple[float, float, float]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    if session:
        context.add_cookies([{"name": SESSION, "value": session, "url": address}])
    page = context.new_page()
    wire = context.new_cdp_session(page)
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.on("Network.webSocketFrameReceived", lambda event: sizes.append(len(event["response"]["payloadData"]) * 0.75))
    wire.send("Network.enable")
    page.goto(address, wait_until="load")
    drawn = page.wait_for_function(
        "([wanted, number]) => document.querySelectorAll(wanted).length >= number && performance.now()",
        arg=[charts, number],
        timeout=PATIENCE,
    )
    milliseconds = float(drawn.json_value())
    page.wait_for_timeout(700)
    largest = float(page.evaluate(LARGEST))
    context.close()
    return sum(sizes) / 1000, largest, milliseconds
