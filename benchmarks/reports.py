"""Where the figures are written, and the table that stands in both reports."""

from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
STAGES = DOCS / "benchmarks.md"
DASHBOARDS = DOCS / "benchmarks-dashboards.md"
TABLE_HEAD = "| | dashboards | Streamlit | ratio |"
SECTION = "## The dashboards, beside the same page in Streamlit"


def with_dashboards(report: str) -> str:
    """The report of the stages, with the ratios of docs/benchmarks-dashboards.md as they stand there, at its end."""
    lines = DASHBOARDS.read_text().splitlines()
    table = lines[lines.index(TABLE_HEAD) :]
    own = report.partition(SECTION)[0].rstrip()
    return "\n".join(
        [
            own,
            "",
            SECTION,
            "",
            "How this was measured: [benchmarks-dashboards.md](benchmarks-dashboards.md).",
            "",
            *table,
            "",
        ]
    )
