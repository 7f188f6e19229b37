/** The buttons on the map: zoom, where to, what is shown, measuring. */
import { t, type WordKey } from "../core/i18n.ts";
import { onKey } from "../keys.ts";
import { shownParcel } from "../panel/shown.ts";
import { chosenCommune } from "../search/commune.ts";
import { iconButton } from "../ui/button.ts";
import { h, put } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { boxOfCommune } from "./commune.ts";
import type { MapDesk } from "./desk.ts";
import { measuring } from "./measure.ts";
import { lookAt } from "./selection.ts";

const LAYERS = ["parcels", "sheets", "communes", "land-objects", "findings"] as const;

/** Puts the buttons into the map's corner. */
export function mountControls(area: HTMLElement, desk: MapDesk): void {
  const readout = h("div", { class: "measure-readout", "aria-live": "polite", hidden: true });
  const measure = iconButton("measure", t("map.measure"), () => toggleMeasure(), { pressed: false });
  const toggleMeasure = (): void => {
    if (measure.getAttribute("aria-pressed") === "true") {
      desk.leave();
      return;
    }
    desk.enter(measuring(desk, readout, () => measure.setAttribute("aria-pressed", "false")));
    measure.setAttribute("aria-pressed", "true");
  };
  onKey("m", toggleMeasure);
  const controls = h(
    "div",
    { class: "map-controls", role: "toolbar", "aria-label": t("map.label") },
    h(
      "div",
      { class: "button-group" },
      iconButton("plus", t("map.zoom_in"), () => desk.map.zoomIn()),
      iconButton("minus", t("map.zoom_out"), () => desk.map.zoomOut()),
    ),
    h("div", { class: "button-group" }, measure, whereTo(desk)),
    h("div", { class: "button-group" }, layerMenu(desk)),
  );
  area.append(controls, readout);
}

function whereTo(desk: MapDesk): HTMLElement {
  return iconButton("target", t("map.to_commune"), () => {
    const parcel = shownParcel.get();
    const commune = chosenCommune.get();
    if (parcel) lookAt(desk, parcel);
    const box = commune && !parcel ? boxOfCommune(commune) : null;
    if (box) desk.fit(box);
  });
}

function layerMenu(desk: MapDesk): HTMLElement {
  const options = LAYERS.map((name) => {
    const input = h("input", { type: "checkbox", checked: desk.isShown(name) });
    input.addEventListener("change", () => desk.toggle(name, input.checked));
    return h("label", { class: "option" }, input, t(`map.layer.${name}` as WordKey));
  });
  return h(
    "details",
    { class: "menu" },
    h(
      "summary",
      { class: "button quiet icon-only", title: t("map.layers"), "aria-label": t("map.layers") },
      icon("layers"),
    ),
    h("div", { class: "menu-content" }, h("fieldset", null, h("legend", null, t("map.layers")), options), legend(desk)),
  );
}

interface LegendEntry {
  readonly kind: string;
  readonly label: string;
  readonly colour: string;
}

/** Gives what the colours mean, as the style says; drawn when the menu is opened, so that it fits the theme. */
function legend(desk: MapDesk): HTMLElement {
  const list = h("ul", { class: "legend" });
  const title = h("h3", null, t("map.legend"));
  requestAnimationFrame(() =>
    list.closest("details")?.addEventListener("toggle", () => {
      const metadata = desk.map.getStyle()?.metadata as Record<string, readonly LegendEntry[]> | undefined;
      put(list, (metadata?.["landdb:legend"] ?? []).map(legendEntry));
      title.hidden = list.childElementCount === 0;
    }),
  );
  return h("div", null, title, list);
}

function legendEntry(entry: LegendEntry): HTMLElement {
  const colour = h("span", { class: `swatch ${entry.kind}` });
  colour.style.background = entry.colour;
  return h("li", null, colour, entry.label);
}
