"use strict";
// Everything here is a convenience: without it the page shows the same content.
for (const field of document.querySelectorAll("[data-filters]")) {
  const rows = [...document.getElementById(field.dataset.filters).tBodies[0].rows];
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  const texts = rows.map((row) => fold(row.textContent));
  field.closest(".field").hidden = false;
  field.addEventListener("input", () => {
    const wanted = fold(field.value.trim()).split(/\s+/);
    rows.forEach((row, i) => { row.hidden = !wanted.every((word) => texts[i].includes(word)); });
  });
}
for (const table of document.querySelectorAll("table[data-sorts]")) {
  const heads = [...table.tHead.rows[0].cells];
  const value = (row, i) => row.cells[i].dataset.value ?? row.cells[i].textContent;
  const sort = (head, i) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    heads.forEach((other) => other.setAttribute("aria-sort", "none"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => value(a, i).localeCompare(value(b, i), document.documentElement.lang, { numeric: true }));
    table.tBodies[0].append(...(down ? rows.reverse() : rows));
  };
  heads.forEach((head, i) => {
    head.setAttribute("aria-sort", "none");
    head.tabIndex = 0;
    head.addEventListener("click", () => sort(head, i));
    head.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(head, i); }
    });
  });
}
for (const map of document.querySelectorAll("[data-zooms]")) {
  const svg = map.querySelector("svg");
  const whole = svg.getAttribute("viewBox").split(" ").map(Number);
  const marks = [...svg.querySelectorAll(".mark")];
  let box = [...whole];
  const show = () => {
    svg.setAttribute("viewBox", box.join(" "));
    // Marks keep a size that a finger can hit, on a small screen too.
    const scale = Math.max(1, 8 / (9 * Math.min(svg.clientWidth / whole[2], svg.clientHeight / whole[3]))) * box[2] / whole[2];
    marks.forEach((mark) => {
      mark.setAttribute("transform", `translate(${mark.dataset.at}) scale(${scale})`);
    });
  };
  const zoom = (factor, x = box[0] + box[2] / 2, y = box[1] + box[3] / 2) => {
    const width = Math.min(whole[2], Math.max(whole[2] / 200, box[2] * factor));
    const by = width / box[2];
    box = [x - (x - box[0]) * by, y - (y - box[1]) * by, width, box[3] * by];
    if (width === whole[2]) box = [...whole];
    show();
  };
  const tools = map.querySelector(".tools");
  tools.hidden = false;
  const actions = { in: () => zoom(0.5), out: () => zoom(2), reset: () => zoom(1e9) };
  for (const button of tools.querySelectorAll("button")) button.addEventListener("click", actions[button.value]);
  const place = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const at = place(event);
    zoom(event.deltaY < 0 ? 0.8 : 1.25, at.x, at.y);
  }, { passive: false });
  new ResizeObserver(show).observe(svg);
  let held = null;
  svg.addEventListener("pointerdown", (event) => { if (!event.target.closest("a")) held = place(event); });
  addEventListener("pointerup", () => { held = null; });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
    const at = place(event);
    box[0] += held.x - at.x;
    box[1] += held.y - at.y;
    show();
  });
}
