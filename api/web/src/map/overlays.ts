/** What the page itself draws over the base map: one source per name, painted by each feature's `look`. */
import type { GeoJSONSourceSpecification, LayerSpecification } from "maplibre-gl";
import type { Shape } from "../api/types.ts";

/**
 * How a feature is drawn: the chosen parcel, a search hit, ground at fault, the state before and after a change,
 * what is being drawn, or only its words (`text`, along a line or at a point).
 */
export type Look = "selected" | "hit" | "fault" | "before" | "after" | "draft" | "words";

export interface Drawn {
  readonly shape: Shape;
  readonly look: Look;
  /** Words on the feature, such as a length. */
  readonly text?: string;
}

const COLOURS: Readonly<Record<Look, readonly [light: string, dark: string]>> = {
  selected: ["#0a5c9c", "#7cc4ff"],
  hit: ["#0a5c9c", "#7cc4ff"],
  fault: ["#b3261e", "#ff8a80"],
  before: ["#6b5b00", "#e6cf55"],
  after: ["#0a6b4b", "#5fd6a6"],
  draft: ["#7a2fa0", "#dba6f5"],
  words: ["#1d2421", "#f2f5f3"],
};

/** Gives the source that holds drawn features. */
export function sourceOf(drawn: readonly Drawn[]): GeoJSONSourceSpecification {
  return { type: "geojson", data: collection(drawn) };
}

/** Gives drawn features as GeoJSON. */
export function collection(drawn: readonly Drawn[]): GeoJSON.FeatureCollection {
  const features = drawn.map(({ shape, look, text }) => ({
    type: "Feature" as const,
    geometry: shape as unknown as GeoJSON.Geometry,
    properties: { look, text: text ?? "" },
  }));
  return { type: "FeatureCollection", features };
}

/** Gives the layers that paint a source: ground, lines, points and words. */
export function layersOf(name: string, isDark: boolean): LayerSpecification[] {
  const colour = byLook(isDark);
  const paper = isDark ? "#101412" : "#ffffff";
  return [
    {
      id: `${name}-fill`,
      source: name,
      type: "fill",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": colour, "fill-opacity": ["match", ["get", "look"], "hit", 0.12, "before", 0.1, 0.22] },
    },
    {
      id: `${name}-line`,
      source: name,
      type: "line",
      filter: ["all", ["!=", ["get", "look"], "words"], ["!=", ["geometry-type"], "Point"]],
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": colour, "line-width": ["match", ["get", "look"], "hit", 1.5, 2.5] },
    },
    {
      id: `${name}-point`,
      source: name,
      type: "circle",
      filter: ["all", ["==", ["geometry-type"], "Point"], ["!=", ["get", "look"], "words"]],
      paint: { "circle-radius": 5, "circle-color": colour, "circle-stroke-color": paper, "circle-stroke-width": 2 },
    },
    ...wordLayers(name, colour, paper),
  ];
}

type Colour = NonNullable<Extract<LayerSpecification, { type: "line" }>["paint"]>["line-color"];

function byLook(isDark: boolean): Colour {
  const pairs = Object.entries(COLOURS).flatMap(([look, [light, dark]]) => [look, isDark ? dark : light]);
  return ["match", ["get", "look"], ...pairs, isDark ? "#ffffff" : "#000000"] as unknown as Colour;
}

function wordLayers(name: string, colour: Colour, paper: string): LayerSpecification[] {
  const layout = { "text-field": ["get", "text"] as ["get", string], "text-size": 12, "text-padding": 1 };
  const paint = { "text-color": colour as string, "text-halo-color": paper, "text-halo-width": 1.6 };
  return [
    {
      id: `${name}-along`,
      source: name,
      type: "symbol",
      filter: ["==", ["geometry-type"], "LineString"],
      layout: { ...layout, "symbol-placement": "line-center", "text-offset": [0, -0.8] },
      paint,
    },
    {
      id: `${name}-words`,
      source: name,
      type: "symbol",
      filter: ["==", ["geometry-type"], "Point"],
      layout: { ...layout, "text-anchor": "top", "text-offset": [0, 0.6] },
      paint,
    },
  ];
}
