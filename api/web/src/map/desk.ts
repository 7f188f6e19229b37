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

export class MapDesk {
  readonly map: GlMap;
  private readonly drawn = new Map<string, readonly Drawn[]>();
  private readonly hidden = new Set<string>(recall<string[]>("hidden-layers", []));
  private readonly resting: MapMode;
  private mode: MapMode;

  constructor(map: GlMap, resting: MapMode) {
    this.map = map;
    this.resting = resting;
    this.mode = resting;
    map.on("click", (event) => this.mode.click?.([event.lngLat.lng, event.lngLat.lat], event));
    map.on("mousemove", (event) => this.mode.move?.([event.lngLat.lng, event.lngLat.lat]));
    map.on("moveend", () => keep("view", { center: map.getCenter().toArray(), zoom: map.getZoom() }));
    map.on("styledata", () => this.showLayers());
    isDark.watch(() => void this.restyle());
  }

  /** Moves so that a box fills the view, without a flight when motion is not wanted. */
  fit(box: Box, closest = CLOSEST): void {
    const [west, south, east, north] = box;
    const size = Math.min(this.map.getContainer().clientWidth, this.map.getContainer().clientHeight);
    const padding = Math.min(PADDING_PX, size / 6);
    this.map.fitBounds([west, south, east, north], { padding, maxZoom: closest, duration: 350, essential: false });
  }

  /** Moves to a place. */
  look(center: Pair, zoom: number): void {
    this.map.easeTo({ center: [...center], zoom, duration: 350 });
  }

  /** Draws features under a name, in place of what was drawn under it; none takes it away. */
  draw(name: string, features: readonly Drawn[]): void {
    this.drawn.set(name, features);
    const source = this.map.getSource(name);
    if (source && "setData" in source) (source as { setData(data: unknown): void }).setData(collection(features));
    else if (this.map.isStyleLoaded()) this.addDrawn();
    else this.map.once("idle", () => this.addDrawn());
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
    this.map.setStyle(await fetchStyle(), { diff: false });
    this.map.once("style.load", () => this.addDrawn());
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

/** Gives the tile layer that a reader switches: labels go with what they name. */
function familyOf(sourceLayer: string): string {
  return sourceLayer.replace(/[-_](labels?|points?|shapes?|density)$/, "").replace(/^parcel$/, "parcels");
}
