"""What a person with a keyboard and no mouse meets: every stop of the tab key, and whether it is seen and marked."""

from dataclasses import dataclass

from playwright.sync_api import Page

# Notes how each stop looks before it has the focus. Closed folds and hidden parts have none.
PREPARE = """
() => {
  const look = (each) => {
    const style = getComputedStyle(each);
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.backgroundColor,
            style.color, style.borderColor].join(" ");
  };
  const names = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const stops = [...document.querySelectorAll(names)].filter((each) =>
    !each.disabled && each.checkVisibility({ visibilityProperty: true }) &&
    (!each.closest("details:not([open])") || each.matches("summary")));
  window.stops = stops;
  window.looks = stops.map(look);
  window.look = look;
  return stops.map((each) => `${each.tagName.toLowerCase()} ${each.innerText?.trim().slice(0, 40) || each.id}`);
}
"""
AT = """
() => {
  const here = document.activeElement;
  const place = window.stops.indexOf(here);
  if (!here || here === document.body) return null;
  const box = here.getBoundingClientRect();
  const across = [box.left + 2, box.left + box.width / 2, box.right - 2];
  const down = [box.top + 2, box.top + box.height / 2, box.bottom - 2];
  const isSeen = across.some((x) => down.some((y) => {
    const found = document.elementFromPoint(x, y);
    return found && (found === here || here.contains(found) || found.contains(here));
  }));
  return {
    place, isSeen: isSeen && box.width > 0 && box.height > 0,
    isMarked: place < 0 || window.look(here) !== window.looks[place],
    name: `${here.tagName.toLowerCase()} ${here.innerText?.trim().slice(0, 40) || here.id}`,
  };
}
"""
MOST = 1500


@dataclass(frozen=True)
class Walk:
    """A walk with the tab key through a page: what was met, and what is wrong with it."""

    met: tuple[str, ...]
    missed: tuple[str, ...]
    unseen: tuple[str, ...]
    unmarked: tuple[str, ...]
    is_in_order: bool


def walk(page: Page) -> Walk:
    """From the top of the page with the tab key until it ends."""
    names: list[str] = page.evaluate(PREPARE)
    places: list[int] = []
    unseen, unmarked = [], []
    for _ in range(min(MOST, len(names) + 20)):
        page.keyboard.press("Tab")
        at = page.evaluate(AT)
        if at is None or (places and at["place"] == places[0]):
            break
        places.append(at["place"])
        if not at["isSeen"]:
            unseen.append(at["name"])
        if not at["isMarked"]:
            unmarked.append(at["name"])
    known = [place for place in places if place >= 0]
    return Walk(
        met=tuple(names[place] for place in known),
        missed=tuple(name for place, name in enumerate(names) if place not in set(known)),
        unseen=tuple(unseen),
        unmarked=tuple(unmarked),
        is_in_order=known == sorted(known),
    )
