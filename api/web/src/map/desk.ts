/** The map as the rest of the page uses it: places to look at, things to draw over it, modes that take the clicks. */
import type { Map as GlMap, MapMouseEvent, StyleSpecification } from "maplibre-gl";
import { get } from "../api/client.ts";
import { language } from "../core/i18n.ts";
import { keep, recall } from "../core/memory.ts";
import { isDark } from "../core/theme.ts";
import type { Box } from "../geo/shapes.ts";
import type { Pair } from "../geo/vn2000.ts";
import { collection, type Drawn, layersOf, sourceOf } from "./overlays.ts";

/** A tool that takes over clicks and keys until it is left. */
export interface MapMode {
  readonly cursor: string;
  click?(at: Pair, event: MapMouseEvent): void;
  move?(at: Pair): void;
  /** Tells whether it took the key. */
  key?(key: string): boolean;
  leave?(): void;
}

export interface View {
  readonly center: Pair;
  readonly zoom: number;
}

const PADDING_PX = 60;
const CLOSEST = 19;
const MOVE_MS = 350;
/** From farther out than this a flight would only load tiles that nobody looks at. */
const FAR_ZOOM = 11;

export class MapDesk {
  readonly map: GlMap;
  private readonly drawn = new Map<string, readonly Drawn[]>();
  private readonly hidden = new Set<string>(recall<string[]>("hidden-layers", []));
  private readonly resting: MapMode;
  private mode: MapMode;
  /** A style that is still being read takes no layers; what is drawn meanwhile is added when it is there. */
  private takesLayers = false;

  constructor(map: GlMap, resting: MapMode) {
    this.map = map;
    this.resting = resting;
    this.mode = resting;
    map.on("click", (event) => this.mode.click?.([event.lngLat.lng, event.lngLat.lat], event));
    map.on("mousemove", (event) => this.mode.move?.([event.lngLat.lng, event.lngLat.lat]));
    map.on("moveend", () => keep("view", { center: map.getCenter().toArray(), zoom: map.getZoom() }));
    map.on("styledata", () => this.showLayers());
    map.on("style.load", () => {
      this.takesLayers = true;
      this.addDrawn();
    });
    isDark.watch(() => void this.restyle());
  }

  /** Moves so that a box fills what is seen of the map, without a flight when motion is not wanted. */
  fit(box: Box, closest = CLOSEST): void {
    const [west, south, east, north] = box;
    const container = this.map.getContainer();
    const bottom = coveredBelow(container);
    const seen = Math.min(container.clientWidth, container.clientHeight - bottom);
    const edge = Math.min(PADDING_PX, Math.max(seen, 0) / 6);
    const padding = { top: edge + coveredAbove(container), left: edge, right: edge, bottom: edge + bottom };
    const duration = this.map.getZoom() < FAR_ZOOM ? 0 : MOVE_MS;
    this.map.fitBounds([west, south, east, north], { padding, maxZoom: closest, duration, essential: false });
  }

  /** Moves to a place. */
  look(center: Pair, zoom: number): void {
    this.map.easeTo({ center: [...center], zoom, duration: MOVE_MS });
  }

  /** Draws features under a name, in place of what was drawn under it; none takes it away. */
  draw(name: string, features: readonly Drawn[]): void {
    this.drawn.set(name, features);
    const source = this.map.getSource(name);
    if (source && "setData" in source) (source as { setData(data: unknown): void }).setData(collection(features));
    else if (this.takesLayers) this.addDrawn();
  }

  /** Gives clicks and keys to a tool; the one before is left. */
  enter(mode: MapMode): void {
    this.leave();
    this.mode = mode;
    this.map.getCanvas().style.cursor = mode.cursor;
    if (mode !== this.resting) this.map.doubleClickZoom.disable();
  }

  /** Puts the present tool away; tells whether there was one. */
  leave(): boolean {
    const left = this.mode;
    if (left === this.resting) return false;
    this.mode = this.resting;
    this.map.getCanvas().style.cursor = this.resting.cursor;
    this.map.doubleClickZoom.enable();
    left.leave?.();
    return true;
  }

  /** Offers a key to the present tool; tells whether it took it. */
  takesKey(key: string): boolean {
    return this.mode.key?.(key) ?? false;
  }

  /** Shows or hides all base layers of a tile layer such as `sheets`. */
  toggle(sourceLayer: string, isShown: boolean): void {
    if (isShown) this.hidden.delete(sourceLayer);
    else this.hidden.add(sourceLayer);
    keep("hidden-layers", [...this.hidden]);
    this.showLayers();
  }

  isShown(sourceLayer: string): boolean {
    return !this.hidden.has(sourceLayer);
  }

  private showLayers(): void {
    for (const layer of this.map.getStyle()?.layers ?? []) {
      if (!("source-layer" in layer) || !layer["source-layer"]) continue;
      const wanted = this.isShown(familyOf(layer["source-layer"])) ? "visible" : "none";
      const now = this.map.getLayoutProperty(layer.id, "visibility") ?? "visible";
      if (now !== wanted) this.map.setLayoutProperty(layer.id, "visibility", wanted);
    }
  }

  private addDrawn(): void {
    for (const [name, features] of this.drawn) {
      if (this.map.getSource(name)) continue;
      this.map.addSource(name, sourceOf(features));
      for (const layer of layersOf(name, isDark.get())) this.map.addLayer(layer);
    }
  }

  private async restyle(): Promise<void> {
    const style = await fetchStyle();
    this.takesLayers = false;
    this.map.setStyle(style, { diff: false });
  }
}

/** Gives the base map's style; without one, an empty sheet of paper on which the rest is drawn. */
export async function fetchStyle(): Promise<StyleSpecification> {
  const dark = isDark.get();
  try {
    return await get<StyleSpecification>("/styles/landdb", {
      query: { lang: language, theme: dark ? "dark" : "light" },
    });
  } catch {
    const paper = dark ? "#151a18" : "#f4f3ee";
    return {
      version: 8,
      sources: {},
      layers: [{ id: "paper", type: "background", paint: { "background-color": paper } }],
    };
  }
}

/** Gives how many pixels of the map's foot lie under a sheet, as on phones. */
function coveredBelow(container: HTMLElement): number {
  const map = container.getBoundingClientRect();
  const sheets = [...document.querySelectorAll(".pane, .panel:not([hidden])")].map((one) =>
    one.getBoundingClientRect(),
  );
  const over = sheets.filter(
    (sheet) => sheet.left < map.right - 1 && sheet.right > map.left + 1 && sheet.top > map.top,
  );
  return Math.max(0, ...over.map((sheet) => map.bottom - sheet.top));
}

/** Gives how many pixels of the map's head lie under the coordinates, which stand there on phones. */
function coveredAbove(container: HTMLElement): number {
  const map = container.getBoundingClientRect();
  const bar = document.querySelector(".cursor")?.getBoundingClientRect();
  return bar && bar.top - map.top < map.height / 4 ? bar.bottom - map.top : 0;
}

/** Gives the layer that a reader switches: `parcel-labels` go with `parcels`. */
function familyOf(sourceLayer: string): string {
  const part = /^(commune|parcel|sheet|finding|land-object)-/.exec(sourceLayer);
  return part ? `${part[1]}s` : sourceLayer;
}
