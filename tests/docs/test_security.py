"""docs/security.md names files that are there, and each requirement once."""

import re

from orchestration.settings import PROJECT_DIR

TEXT = (PROJECT_DIR / "docs/security.md").read_text()


def test_every_file_that_is_named_exists() -> None:
    named = set(re.findall(r"`((?:dashboards|orchestration|tests|docs)/[\w./-]+)`", TEXT))
    assert len(named) > 20
    missing = sorted(name for name in named if not (PROJECT_DIR / name).exists())
    assert not missing, f"moved or gone: {missing}"


def test_no_requirement_has_two_answers() -> None:
    points = [
        point
        for row in re.findall(r"^\| (\d[^|]*?) [^\d|,]", TEXT, re.MULTILINE)
        for point in re.findall(r"\d+\.\d+(?:\.\d+)?", row)
    ]
    assert len(points) > 80
    assert len(points) == len(set(points)), sorted({point for point in points if points.count(point) > 1})
