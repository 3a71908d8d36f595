// Comfort for who has JavaScript: a menu that folds, tables that sort and filter, choices without reload. Every page
// works without it.
import designSystem from "./vendor/design-system.js";
import { prepareTables } from "./tables.js";

// A region that does not scroll needs no stop of the tab key.
function markScrolling(root) {
  for (const region of root.querySelectorAll(".table-region")) {
    const scrolls = region.scrollWidth > region.clientWidth || region.scrollHeight > region.clientHeight + 1;
    if (scrolls) region.setAttribute("tabindex", "0");
    else region.removeAttribute("tabindex");
  }
}

function sayStatus(text) {
  let status = document.getElementById("status");
  if (!status) {
    status = document.createElement("p");
    status.id = "status";
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    document.body.append(status);
  }
  status.textContent = text;
}

// What a choice changes on a page; links outside of main lead on in the scope that was chosen.
const CHANGING = ["main", ".ds_breadcrumbs", ".ds_site-navigation__list", ".ds_site-footer"];

async function showChoice(form) {
  const address = new URL(form.getAttribute("action"), location.href);
  address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== "")).toString();
  const focused = document.activeElement?.id;
  try {
    const answer = await fetch(address, { credentials: "same-origin", headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of CHANGING) {
      const fresh = found.querySelector(part);
      if (fresh) document.querySelector(part)?.replaceWith(fresh);
    }
    document.title = found.title;
    history.replaceState(null, "", address);
    prepare(document.querySelector("main"));
    document.getElementById(focused)?.focus();
    sayStatus("The figures have been updated.");
  } catch {
    location.assign(address);
  }
}

function prepareChoices(root) {
  for (const form of root.querySelectorAll("form[data-live]")) {
    form.classList.add("choices--live");
    form.addEventListener("change", () => showChoice(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      showChoice(form);
    });
  }
}

function prepare(root) {
  prepareTables(root, sayStatus);
  prepareChoices(root);
  markScrolling(root);
}

document.documentElement.classList.add("js-enabled");
designSystem.components.skipLinks.init();
const menu = document.querySelector("[data-module='ds-mobile-navigation-menu']");
if (menu) new designSystem.components.SiteNavigation(menu).init();
prepare(document);
addEventListener("resize", () => markScrolling(document));
for (const details of document.querySelectorAll("details")) {
  details.addEventListener("toggle", () => markScrolling(details));
}

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const details of opened) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
});
