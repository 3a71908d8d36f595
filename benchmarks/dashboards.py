"""How fast the dashboards are, and beside them the page *Authority* written in Streamlit.

``make bench-dashboards`` measures the home in WAREHOUSE_HOME (or ``--home``) and writes docs/benchmarks-dashboards.md.
Everything runs on loopback; about three minutes with the usual seconds.
"""

import argparse
import os
import platform
import re
import statistics
import sys
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import sync_playwright

from benchmarks import browser_load, page_load, streamlit_load
from benchmarks.page_load import Answers, Wanted
from benchmarks.reports import DASHBOARDS, STAGES, TABLE_HEAD, with_dashboards
from benchmarks.running_dashboards import SESSION, dashboards, environment, free_port, process, sign_in
from dashboards.site.scope import authority_names
from dashboards.subjects import PAGES
from orchestration.database import connect, ensure_ready
from orchestration.settings import Settings
from tests.support import chromium

STREAMLIT = Path(__file__).parent / "other_tools" / "streamlit_page.py"
READERS, RATE = 20, 20.0
NAMES = ("officer", "officer", "head-primary", "head-secondary", "cluster-lead")  # of every five readers two officers
LIMITS = {"median": 60.0, "95th percentile": 200.0, "saturation": 80.0, "kilobytes": 200.0, "paint": 600.0}


def wanted_pages(base: str, sessions: list[tuple[str, str]]) -> list[Wanted]:
    """All pages in turn, each by the next reader; schools in turn too, among those that the reader's pages name."""
    schools: dict[str, list[str]] = {}
    for name, cookie in sessions:
        if name not in schools:
            text = httpx2.get(f"{base}/schools", cookies={SESSION: cookie}, timeout=60).text
            schools[name] = sorted(set(re.findall(r'href="(/schools/\d+/\w+)', text)))
    most = max(map(len, schools.values()))
    pages = []
    for turn in range(most * len(sessions)):
        name, cookie = sessions[turn % len(sessions)]
        for page in PAGES:
            path = schools[name][turn % len(schools[name])] if page.is_about_a_school else page.path
            pages.append(Wanted(page.name, path, f"{SESSION}={cookie}"))
    return pages[: len(PAGES) * most * 2]


def quantile(values: list[float], part: float) -> float:
    """The value that this part of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def first_bytes(answers: Answers) -> list[str]:
    """Table of first bytes by page."""
    lines = ["| page | pages | median ms | 95th percentile ms | slowest ms |", "|---|---|---|---|---|"]
    everything = [value for values in answers.first_bytes.values() for value in values]
    for kind, values in [*answers.first_bytes.items(), ("all (at most 60 and 200 each)", everything)]:
        lines.append(
            f"| {kind} | {len(values)} | {statistics.median(values):.0f} | {quantile(values, 0.95):.0f} "
            f"| {max(values):.0f} |"
        )
    return lines


def measure_load(home: Path | None, seconds: float) -> tuple[list[str], float]:
    """First bytes at a steady rate from a cold start, then saturation. Returns lines, and pages a second."""
    with dashboards(home) as base:
        sessions = [(name, sign_in(base, name)) for name in (NAMES * READERS)[:READERS]]
        pages = wanted_pages(base, sessions)
    with dashboards(home) as base:  # once more: nothing is kept from looking for schools
        steady = page_load.steady(base, pages, RATE, seconds)
        full = page_load.saturated(base, pages, READERS, seconds / 3)
    rate = full.number / full.seconds
    return [
        "## Load",
        "",
        f"{RATE:.0f} pages a second arriving at a steady rate for {seconds:.0f} s, by {READERS} readers, all pages in "
        f"turn, 2 workers, from a start with cold caches; the load came from the same cores. Not answered: "
        f"{len(steady.failed)}{' (' + '; '.join(steady.failed[:3]) + ')' if steady.failed else ''}.",
        "",
        *first_bytes(steady),
        "",
        f"Saturation ({READERS} readers at once, the next page as soon as the one before is there): "
        f"**{rate:.0f} pages a second** (at least {LIMITS['saturation']:.0f}), not answered: {len(full.failed)}.",
        "",
    ], rate


def measure_pages(home: Path | None, program: str, times: int) -> tuple[list[str], browser_load.Seen]:
    """Weight and largest paint of each page. Returns lines, and what was seen of *Authority*."""
    lines = [
        "## Pages in Chromium",
        "",
        f"As an officer, medians of {times}; the browser knows nothing yet (style sheets, scripts and fonts count).",
        "",
        f"| page | kB (at most {LIMITS['kilobytes']:.0f}) | largest contentful paint ms (at most {LIMITS['paint']:.0f})"
        " | all charts stand ms |",
        "|---|---|---|---|",
    ]
    found = {}
    with dashboards(home) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.launch_arguments())
        cookie = sign_in(base, "officer")
        text = httpx2.get(f"{base}/schools", cookies={SESSION: cookie}, timeout=60).text
        school = next(iter(re.findall(r'href="(/schools/\d+/\w+)', text)), "/schools")
        for page in PAGES:
            path = school if page.is_about_a_school else page.path
            html = httpx2.get(f"{base}{path}", cookies={SESSION: cookie}, timeout=60).text
            number = html.count("<svg")
            seen = browser_load.see(browser, base + path, cookie, "svg[role=img]", min(number, 1), times)
            found[page.name] = seen
            lines.append(f"| {page.name} | {seen.kilobytes:.0f} | {seen.largest_paint:.0f} | {seen.charts_drawn:.0f} |")
        browser.close()
    return [*lines, ""], found["authority"]


def measure_streamlit(
    home: Path | None, program: str, times: int, seconds: float, ours: browser_load.Seen, rate: float
) -> list[str]:
    """The same page in Streamlit, and the ratios."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [
        sys.executable, "-m", "streamlit", "run", str(STREAMLIT), "--server.port", str(port), "--server.headless",
        "true", "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false",
        "--server.fileWatcherType", "none",
    ]  # fmt: skip
    env = environment(home) | {"PYTHONPATH": str(STREAMLIT.parent.parent.parent)}
    with process(command, f"{base}/_stcore/health", env), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.launch_arguments())
        charts = "[data-testid=stVegaLiteChart] svg"
        theirs = browser_load.see(browser, base, None, charts, 8, times)
        browser.close()
    with process(command, f"{base}/_stcore/health", env):
        full = streamlit_load.saturated(base, READERS, seconds / 3)
    whole = full.first_bytes.get("whole page", [0.0])
    their_rate = len(whole) / full.seconds
    rows: list[tuple[str, float, float]] = [
        ("kB over the wire", ours.kilobytes, theirs.kilobytes),
        ("largest contentful paint ms", ours.largest_paint, theirs.largest_paint),
        ("all charts stand ms", ours.charts_drawn, theirs.charts_drawn),
        ("pages a second at saturation", rate, their_rate),
    ]
    return [
        "## Beside Streamlit",
        "",
        "The page *Authority* of `benchmarks/other_tools/streamlit_page.py`: same queries, figures, cache, charts and "
        "tables; one process, as Streamlit runs. Saturation of Streamlit: sessions over web sockets until the script "
        f"has ended, median {statistics.median(whole):.0f} ms, not answered: {len(full.failed)}. Ours: all pages in "
        "turn, 2 workers, with sign-in and access log, which the other has not.",
        "",
        TABLE_HEAD,
        "|---|---|---|---|",
        *(
            f"| {name} | {one:.0f} | {other:.0f} | {max(one, other) / max(min(one, other), 0.01):.1f} |"
            for name, one, other in rows
        ),
        "",
    ]


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="home of a released warehouse (default: WAREHOUSE_HOME)")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the steady load (10 to 300)")
    parser.add_argument("--times", type=int, default=5, help="how often each page is opened in Chromium (1 to 20)")
    parser.add_argument("--out", type=Path, default=DASHBOARDS)
    options = parser.parse_args()
    seconds, times = min(max(options.seconds, 10.0), 300.0), min(max(options.times, 1), 20)
    program = chromium.find()
    if program is None:
        raise SystemExit(chromium.HOW)
    settings = Settings(home=options.home) if options.home else Settings()
    ensure_ready(settings)
    load, rate = measure_load(settings.home, seconds)
    pages, ours = measure_pages(settings.home, program, times)
    beside = measure_streamlit(settings.home, program, times, seconds, ours, rate)
    report = [
        "# Benchmarks of the dashboards",
        "",
        "Written by `make bench-dashboards`. Machines differ and are noisy: compare ratios, not milliseconds.",
        f"Measured on {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; "
        f"{described(settings)}.",
        "",
        *load,
        *pages,
        *beside,
    ]
    options.out.write_text("\n".join(report).rstrip() + "\n")
    if options.out == DASHBOARDS:
        STAGES.write_text(with_dashboards(STAGES.read_text()))
    print("\n".join(report))


def described(settings: Settings) -> str:
    """What was measured: authorities, years and schools of the home."""
    query = (
        "select array_agg(distinct local_authority_code), string_agg(distinct academic_year, ' and '), "
        "count(distinct (seed_code, sector)) from aggregated.attendance_by_school_year"
    )
    with connect(settings, "analyst", autocommit=True) as connection:
        found: Any = connection.execute(query).fetchone()
    names = authority_names(settings.seeds_dir)
    return f"{', '.join(names[code] for code in found[0])}, {found[1]}, {found[2]} schools"


if __name__ == "__main__":
    main()
