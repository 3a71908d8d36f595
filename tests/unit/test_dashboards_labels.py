"""One catalogue of labels, whole and translatable; pages have words where files have symbols."""

import pytest

from dashboards.kit.formats import SYMBOLS, Figure
from dashboards.kit.labels import CATALOGUE, catalogue, label, labels, symbols
from dashboards.kit.templating import TEMPLATES


def sections(path: object) -> dict[str, set[object]]:
    return {section: set(found) for section, found in catalogue(path).items()}  # type: ignore[arg-type]


def test_every_language_has_the_same_keys() -> None:
    for path in CATALOGUE.parent.glob("labels*.yml"):
        assert sections(path) == sections(CATALOGUE), path.name


def test_every_symbol_is_called_something_everywhere() -> None:
    for kind in ("on_page", "in_drawing", "in_little_room", "in_file", "explanation"):
        assert symbols(kind).keys() == SYMBOLS.keys()
        assert all(symbols(kind).values())
    assert symbols("on_page")["[c]"] == "too few pupils to show"
    assert max(map(len, symbols("in_little_room").values())) <= 7, "beside dots there is room for seven letters"


def test_a_label_that_is_missing_is_an_error() -> None:
    assert label("sectors", "primary") == labels("sectors")["primary"] == "Primary"
    with pytest.raises(KeyError):
        label("sectors", "nursery")


def test_words_of_a_comparison_go_before_those_of_the_symbol() -> None:
    alike = Figure(None, "[x]", why=label("not_shown", "schools"))
    rate = Figure(0.9)
    assert (alike.text, alike.mark) == ("not enough schools to compare", "[x]")
    assert (rate.minus(alike).text, rate.minus(alike).mark) == ("not enough schools to compare", "[x]")


def test_no_symbol_stands_in_a_template() -> None:
    for path in TEMPLATES.rglob("*.html"):
        assert not [symbol for symbol in SYMBOLS if symbol in path.read_text()], path
