/** The family of a parcel as a graph: parents above, children below, each a link to that parcel. */
import type { History, Relative } from "../api/types.ts";
import { area } from "../core/format.ts";
import { t } from "../core/i18n.ts";
import { go } from "../core/router.ts";
import { h, s } from "../ui/dom.ts";

const [WIDE, HIGH, GAP, STEP] = [104, 44, 12, 84];

interface Spot {
  readonly relative: Relative;
  readonly x: number;
  readonly y: number;
}

/** Gives the graph; it scrolls when a family is wider than the panel. */
export function lineageGraph(history: History): HTMLElement {
  const rows = generations(history);
  const widest = Math.max(...rows.map((row) => row.length));
  const width = widest * (WIDE + GAP) + GAP;
  const height = (rows.length - 1) * STEP + HIGH + 2 * GAP;
  const spots = new Map(
    rows.flatMap((row, level) =>
      row.map((relative, index) => [relative.parcel_id, spot(relative, level, index, row.length, width)]),
    ),
  );
  const edges = history.lineage.flatMap(({ parent_id: parent, child_id: child }) => {
    const [from, to] = [spots.get(parent), spots.get(child)];
    return from && to ? [s("path", { class: "edge", d: curve(from, to) })] : [];
  });
  const nodes = [...spots.values()].map((one) => node(one, one.relative.parcel_id === history.parcel_id));
  const graph = s(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": t("block.lineage") },
    edges,
    nodes,
  );
  return h("div", { class: "lineage", tabindex: 0, role: "region", "aria-label": t("block.lineage") }, graph);
}

/** Gives the relatives by generation: everyone stands below all of their parents. */
function generations(history: History): readonly (readonly Relative[])[] {
  const level = new Map(history.parcels.map((one) => [one.parcel_id, 0]));
  for (let round = 0; round < history.parcels.length; round += 1) {
    for (const { parent_id: parent, child_id: child } of history.lineage) {
      level.set(child, Math.max(level.get(child) ?? 0, (level.get(parent) ?? 0) + 1));
    }
  }
  const rows: Relative[][] = [];
  for (const relative of history.parcels) {
    const row = level.get(relative.parcel_id) ?? 0;
    rows[row] = [...(rows[row] ?? []), relative];
  }
  return rows.filter(Boolean);
}

function spot(relative: Relative, level: number, index: number, count: number, width: number): Spot {
  const left = (width - count * (WIDE + GAP) + GAP) / 2;
  return { relative, x: left + index * (WIDE + GAP), y: GAP + level * STEP };
}

function curve(from: Spot, to: Spot): string {
  const [x1, y1, x2, y2] = [from.x + WIDE / 2, from.y + HIGH, to.x + WIDE / 2, to.y];
  const middle = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
}

function node({ relative, x, y }: Spot, isShown: boolean): SVGElement {
  const follow = (event: MouseEvent): void => {
    event.preventDefault();
    go({ parcelId: relative.parcel_id, params: { on: null } });
  };
  const state = relative.is_in_force ? "" : "ended";
  const number = `${relative.sheet_no}/${relative.parcel_no}`;
  return s(
    "a",
    {
      href: `/p/${relative.parcel_id}`,
      class: `node ${state} ${isShown ? "shown" : ""}`,
      "aria-current": isShown ? "true" : null,
      on: { click: follow },
    },
    s("rect", { x, y, width: WIDE, height: HIGH, rx: 6 }),
    s("text", { x: x + WIDE / 2, y: y + 19, class: "node-number" }, number),
    s("text", { x: x + WIDE / 2, y: y + 35 }, relative.is_in_force ? area(relative.legal_area_m2) : t("history.ended")),
  );
}
