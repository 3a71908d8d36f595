"""Whether HTML is valid: html5lib for the grammar, and rules of the standard about what may stand where.

The Nu checker knows more, but wants Java: it was run by hand over every page, and found what these rules find, nothing.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
IDS = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "headers", "list", "form")
PHRASING_ONLY = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "span", "strong", "em", "b", "i", "small", "code", "abbr",
                 "label", "button", "dt", "summary", "a", "time", "sub", "sup", "pre"}  # fmt: skip
BLOCK = {"address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "figcaption", "figure",
         "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre",
         "section", "table", "ul"}  # fmt: skip
MAY_HOLD_BLOCKS = {"a", "dt"}  # a link takes its parent's rules; a term may hold anything but headings and sections
MAY_HOLD_HEADINGS = {"summary"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
INTERACTIVE = {"a", "button", "details", "input", "label", "select", "textarea"}
CHILDREN = {
    "ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}, "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
    "thead": {"tr"}, "tbody": {"tr"}, "tfoot": {"tr"}, "tr": {"th", "td"}, "select": {"option", "optgroup", "hr"},
}  # fmt: skip
NEEDS = {"img": ("alt",), "html": ("lang",), "a": ("href",), "option": (), "link": ("rel", "href")}


def problems(html: str) -> list[str]:
    """What is not valid in a page, in words; empty where all is well."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    root = parser.parse(html)
    found = [f"line {place[0]}: {code} {values or ''}" for place, code, values in parser.errors]
    return [*found, *_ids(root), *_headings(root), *_nesting(root, ()), *_attributes(root)]


def _elements(root: Element) -> Iterator[Element]:
    return (each for each in root.iter() if isinstance(each.tag, str))


def _name(element: Element) -> str:
    return str(element.tag).removeprefix(HTML)


def _ids(root: Element) -> Iterator[str]:
    known: set[str] = set()
    for each in _elements(root):
        if (mark := each.get("id")) is None:
            continue
        if not mark or any(letter.isspace() for letter in mark):
            yield f"<{_name(each)}> has an id that is none: {mark!r}"
        if mark in known:
            yield f"two elements have the id {mark}"
        known.add(mark)
    for each in _elements(root):
        for name in IDS:
            for mark in (each.get(name) or "").split():
                if mark not in known:
                    yield f"<{_name(each)} {name}={mark}> points at nothing"
        address = each.get("href") or ""
        if address.startswith("#") and len(address) > 1 and address[1:] not in known:
            yield f"a link leads to {address}, which is not there"


def _headings(root: Element) -> Iterator[str]:
    last = 0
    for each in _elements(root):
        if _name(each) not in HEADINGS:
            continue
        level = int(_name(each)[1])
        if level > last + 1:
            yield f"<h{level}> follows <h{last}>: {''.join(each.itertext()).strip()}"
        if not "".join(each.itertext()).strip():
            yield f"<h{level}> is empty"
        last = level
    for name, number in (("h1", 1), ("main", 1), ("title", 1)):
        found = sum(1 for each in _elements(root) if each.tag == f"{HTML}{name}")
        if found != number:
            yield f"{found} <{name}>"


def _nesting(element: Element, above: tuple[str, ...]) -> Iterator[str]:
    name = _name(element)
    parent = above[-1] if above else ""
    if parent in CHILDREN and name not in CHILDREN[parent] | {"script", "template"}:
        yield f"<{name}> in <{parent}>"
    if parent in CHILDREN and (element.tail or "").strip():
        yield f"text in <{parent}>: {(element.tail or '').strip()}"
    is_allowed = parent in MAY_HOLD_BLOCKS or (name in HEADINGS and parent in MAY_HOLD_HEADINGS)
    if name in BLOCK and parent in PHRASING_ONLY and not is_allowed:
        yield f"<{name}> in <{parent}>"
    if name in INTERACTIVE and (outside := {"a", "button"} & set(above)):
        yield f"<{name}> in <{outside.pop()}>"
    if name == "form" and "form" in above:
        yield "<form> in <form>"
    if name == "dl":
        yield from _terms(element)
    for child in element:
        if isinstance(child.tag, str):
            yield from _nesting(child, (*above, name))


def _terms(element: Element) -> Iterator[str]:
    groups = [child for child in element if _name(child) == "div"]
    for group in groups or [element]:
        names = [_name(child) for child in group]
        if names[:1] != ["dt"] or names[-1:] != ["dd"]:
            yield f"a <dl> with {names[:6]}"


def _attributes(root: Element) -> Iterator[str]:
    for each in _elements(root):
        name = _name(each)
        for needed in NEEDS.get(name, ()):
            if each.get(needed) is None:
                yield f"<{name}> without {needed}"
        for attribute in each.keys():  # noqa: SIM118  # an Element is no dict
            if str(attribute).startswith("on") or attribute == "style":
                yield f"<{name}> with {attribute}"
        if name in {"th", "td"} and not (each.get("colspan") or "1").isdigit():
            yield f"<{name} colspan={each.get('colspan')}>"
        if each.get("tabindex") not in {None, "0", "-1"}:
            yield f"<{name} tabindex={each.get('tabindex')}>"
        if name in {"div", "span", "p"} and each.get("aria-label") and not each.get("role"):
            yield f"<{name}> with aria-label and no role"
