"""Pictures of every page at 1280 and 320 pixels, from a home with a release, into docs/screenshots.

``make screenshots`` takes the demonstration of WAREHOUSE_HOME. ``--out`` puts them elsewhere, ``--whole`` takes pages
to their end.
"""

import argparse
import io
import re
from pathlib import Path

import httpx2
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from benchmarks.running_dashboards import SESSION, dashboards, sign_in
from dashboards.subjects import PAGES
from orchestration.database import ensure_ready
from orchestration.settings import Settings
from tests.support import chromium

OUT = Path(__file__).parent.parent / "docs" / "screenshots"
HEIGHTS = {1280: 1800, 320: 1800}  # so much of a page that it can be seen in a README
AS_HEAD = ("today", "school_overview", "school")
COLOURS = 96
MOST_KB = 300


def addresses(base: str, cookie: str) -> dict[str, str]:
    """Address of each page by its name, with the first school that the reader's pages lead to."""
    cookies = {SESSION: cookie}
    text = "".join(httpx2.get(f"{base}{path}", cookies=cookies, timeout=60).text for path in ("/schools", "/today"))
    school = re.search(r'href="(/schools/\d+/\w+)', text)
    found = {page.name: page.path for page in PAGES if not page.is_about_a_school}
    if school:
        found["school"] = school[1]
        found["school_overview"] = f"{school[1]}/overview"
        found["school_roll"] = f"{school[1]}/roll"
    return found


def take(browser: Browser, base: str, cookie: str | None, path: str, width: int, whole: bool) -> bytes:
    """A picture of one page, with few colours."""
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", locale="en-GB")
    if cookie:
        context.add_cookies([{"name": SESSION, "value": cookie, "url": base}])
    page = context.new_page()
    page.goto(base + path, wait_until="load")
    page.evaluate("document.fonts.ready")
    raw = page.screenshot(full_page=True)
    context.close()
    picture = Image.open(io.BytesIO(raw)).convert("RGB")
    if not whole:
        picture = picture.crop((0, 0, picture.width, min(picture.height, HEIGHTS[width])))
    packed = io.BytesIO()
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def main() -> None:
    """Start the dashboards, take the pictures, stop them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="home of a released warehouse (default: WAREHOUSE_HOME)")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--whole", action="store_true", help="pages to their end")
    options = parser.parse_args()
    program = chromium.find()
    if program is None:
        raise SystemExit(chromium.HOW)
    settings = Settings(home=options.home) if options.home else Settings()
    ensure_ready(settings)
    options.out.mkdir(parents=True, exist_ok=True)
    with dashboards(settings.home, workers=1) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.launch_arguments())
        officer, head = sign_in(base, "officer"), sign_in(base, "head-primary")
        wanted: list[tuple[str, str | None, str]] = [("sign-in", None, "/sign-in")]
        wanted += [(name, officer, path) for name, path in addresses(base, officer).items()]
        wanted += [(f"{name}-head", head, path) for name, path in addresses(base, head).items() if name in AS_HEAD]
        for name, cookie, path in wanted:
            for width in HEIGHTS:
                picture = take(browser, base, cookie, path, width, options.whole)
                (options.out / f"{name}-{width}.png").write_bytes(picture)
                kb = len(picture) / 1000
                print(f"{name}-{width}.png {kb:.0f} kB{'  too large' if kb > MOST_KB and not options.whole else ''}")
        browser.close()


if __name__ == "__main__":
    main()
