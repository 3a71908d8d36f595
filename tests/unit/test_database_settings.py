"""`.env.example` lists every setting, and nothing that is none."""

import re

from orchestration.settings import PROJECT_DIR, Settings


def test_the_example_lists_every_setting_once() -> None:
    text = (PROJECT_DIR / ".env.example").read_text()
    listed = re.findall(r"^#?(WAREHOUSE_[A-Z_]+)=", text, re.MULTILINE)
    assert sorted(listed) == sorted(f"WAREHOUSE_{name.upper()}" for name in Settings.model_fields)


def test_the_example_shows_the_defaults() -> None:
    text = (PROJECT_DIR / ".env.example").read_text()
    shown = dict(re.findall(r"^#WAREHOUSE_([A-Z_]+)=(\S+)", text, re.MULTILINE))
    for name, value in shown.items():
        default = Settings.model_fields[name.lower()].default
        assert str(default).endswith(value), name
