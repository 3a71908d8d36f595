// Tables that sort by a click on a heading and filter by a text or a choice. What is not shown always stands last.

function keyOf(cell) {
  if (!cell) return "";
  const text = cell.dataset.sort ?? cell.firstChild?.textContent.trim() ?? "";
  if (cell.firstChild?.className === "unshown") return null;
  const number = Number(text.replace(/[,%+\s]/g, "").replace("\u2212", "-"));
  return text !== "" && !Number.isNaN(number) ? number : text.toLowerCase();
}

function compare(left, right) {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left).localeCompare(String(right), "en-GB", { numeric: true });
}

function sortBy(table, column, direction) {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row, place) => ({ row, place, key: keyOf(row.cells[column]) }));
  rows.sort((one, other) => {
    if (one.key === null || other.key === null) {
      return (one.key === null) - (other.key === null) || one.place - other.place;
    }
    return direction * compare(one.key, other.key) || one.place - other.place;
  });
  body.append(...rows.map(({ row }) => row));
}

function makeSortable(table, say) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    heading.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const direction = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      headings.forEach((other) => other.setAttribute("aria-sort", "none"));
      heading.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
      sortBy(table, column, direction);
      say(`Sorted by ${button.textContent.trim()}, ${direction === 1 ? "ascending" : "descending"}.`);
    });
  });
}

function field(id, text, control) {
  const part = document.createElement("div");
  part.className = "choice";
  const label = document.createElement("label");
  label.className = "ds_label";
  label.htmlFor = id;
  label.textContent = text;
  control.id = id;
  part.append(label, control.matches("select") ? withArrow(control) : control);
  return part;
}

function withArrow(select) {
  const wrapper = document.createElement("div");
  wrapper.className = "ds_select-wrapper";
  const arrow = document.createElement("span");
  arrow.className = "ds_select-arrow";
  arrow.setAttribute("aria-hidden", "true");
  wrapper.append(select, arrow);
  return wrapper;
}

function selectOf(values) {
  const control = document.createElement("select");
  control.className = "ds_select";
  control.append(new Option("All", ""), ...values.map((value) => new Option(value, value)));
  return control;
}

function makeSearchable(table, say) {
  const bar = document.createElement("div");
  bar.className = "choices choices--live";
  const caption = table.caption.id;
  const tests = [];
  const show = () => {
    let number = 0;
    for (const row of table.tBodies[0].rows) {
      row.hidden = !tests.every((test) => test(row));
      number += row.hidden ? 0 : 1;
    }
    say(`${number} ${number === 1 ? "row" : "rows"} shown.`);
  };
  if ("searchable" in table.dataset) {
    const control = document.createElement("input");
    control.type = "search";
    control.className = "ds_input";
    const name = table.tHead.rows[0].cells[0].textContent.trim();
    bar.append(field(`${caption}-search`, `Search by ${name.toLowerCase()}`, control));
    tests.push((row) => row.cells[0].textContent.toLowerCase().includes(control.value.trim().toLowerCase()));
    control.addEventListener("input", show);
  }
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    if (!("filter" in heading.dataset)) return;
    const found = [...table.tBodies[0].rows].map((row) => row.cells[column].textContent.trim());
    const control = selectOf([...new Set(found)].sort((one, other) => one.localeCompare(other, "en-GB")));
    bar.append(field(`${caption}-filter-${column}`, heading.textContent.trim(), control));
    tests.push((row) => !control.value || row.cells[column].textContent.trim() === control.value);
    control.addEventListener("change", show);
  });
  if (tests.length) table.closest(".table-region").before(bar);
}

export function prepareTables(root, say) {
  for (const table of root.querySelectorAll("table")) {
    makeSearchable(table, say);
    if ("sortable" in table.dataset) makeSortable(table, say);
  }
}
