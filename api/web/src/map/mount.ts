/** Puts the map into the page: MapLibre where the device can draw it, the server's sketches elsewhere. */

import type { Map as GlMap } from "maplibre-gl";
import { t } from "../core/i18n.ts";
import { recall } from "../core/memory.ts";
import { place } from "../core/router.ts";
import { signal } from "../core/signal.ts";
import type { Pair } from "../geo/vn2000.ts";
import { onEscape } from "../keys.ts";
import { h } from "../ui/dom.ts";
import { toast } from "../ui/toast.ts";
import { followChosenCommune, isPlaced } from "./commune.ts";
import { mountControls } from "./controls.ts";
import { mountCursor } from "./cursor.ts";
import { fetchStyle, MapDesk, type View } from "./desk.ts";
import { identify } from "./identify.ts";
import { followSelection } from "./selection.ts";
import { mountSketch } from "./sketch.ts";

/** The map once it stands; null before, and for good on devices without WebGL 2. */
export const desk = signal<MapDesk | null>(null);

const QUIET_MS = 60_000;
let missing = false;

const VIETNAM: View = { center: [106.2, 16.3], zoom: 5 };

/** Builds the map into its area. */
export function mountMap(area: HTMLElement): void {
  if (canDraw()) void mountGl(area);
  else mountSketch(area);
}

/** Does something with the map as soon as it stands. */
export function withMap(act: (desk: MapDesk) => void): void {
  const now = desk.get();
  if (now) act(now);
  else {
    const end = desk.watch((made) => {
      end();
      if (made) act(made);
    });
  }
}

function canDraw(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

async function mountGl(area: HTMLElement): Promise<void> {
  const wasPlaced = isPlaced();
  const holder = h("div", { class: "map" });
  area.append(holder);
  const [gl, style] = await Promise.all([import("maplibre-gl"), fetchStyle()]);
  const view = firstView(style.center as Pair | undefined, style.zoom);
  const map = new gl.Map({
    container: holder,
    style,
    hash: true,
    center: [...view.center],
    zoom: view.zoom,
    maxZoom: 22,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 120,
    locale: { "Map.Title": t("map.canvas") },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new gl.ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
  const made = new MapDesk(map, identify());
  onEscape(() => made.leave());
  addEventListener("keydown", (event) => {
    if (made.takesKey(event.key)) event.preventDefault();
  });
  mountControls(area, made);
  mountCursor(area, made);
  followSelection(made);
  followChosenCommune(made, wasPlaced);
  tellState(area, map);
  map.on("error", (event) => faulty(event.error));
  desk.set(made);
}

/** Says once that tiles are missing when the server is busy or away; everything else is a fault of the page. */
function faulty(error: { readonly message: string; readonly status?: number }): void {
  const isLine = error.status !== undefined || error.message.includes("fetch");
  if (!isLine) throw error;
  if (missing) return;
  missing = true;
  toast(t("map.no_tiles"), "error");
  setTimeout(() => {
    missing = false;
  }, QUIET_MS);
}

/** Tells on the page whether the map is at rest and whether tiles are missing in sight: for tests and measuring. */
function tellState(area: HTMLElement, map: GlMap): void {
  const tell = (state: string): void => {
    area.setAttribute("data-state", state);
    area.setAttribute("data-loading", String(!map.areTilesLoaded()));
  };
  map.on("dataloading", () => tell("busy"));
  map.on("render", () => area.setAttribute("data-loading", String(!map.areTilesLoaded())));
  map.on("idle", () => tell("idle"));
  map.once("load", () => {
    performance.mark("map-drawn");
    area.setAttribute("data-drawn", "true");
  });
}

/** Gives where to start: what the reader saw last, else where the data lie; a fragment or a parcel comes first anyway. */
function firstView(center: Pair | undefined, zoom: number | undefined): View {
  const data = center && zoom !== undefined ? { center, zoom } : VIETNAM;
  return place.get().params.commune ? data : recall<View>("view", data);
}
