/** Corners in VN-2000, X north first as papers write them, with the length of each side. */
import type { Parcel, Position } from "../api/types.ts";
import { fixed } from "../core/format.ts";
import { t } from "../core/i18n.ts";
import { polygons, type Ring } from "../geo/shapes.ts";
import { meridianName, zoneOf } from "../geo/vn2000.ts";
import { button } from "../ui/button.ts";
import { all, type Child, h } from "../ui/dom.ts";
import { note, table } from "../ui/facts.ts";
import { copy } from "../ui/toast.ts";
import type { PanelTab } from "./tab.ts";

interface Corner {
  readonly name: string;
  readonly at: Position;
  readonly next: Position;
  readonly nextName: string;
}

export const cornersTab: PanelTab = {
  id: "corners",
  label: "tab.corners",
  isOffered: (parcel) => parcel.geometry_native !== null,
  content: (parcel) => corners(parcel),
};

function corners(parcel: Parcel): Child {
  const native = parcel.geometry_native;
  if (!native) return note(t("corner.none"));
  const rings = polygons(native.geometry).flat();
  let counted = 0;
  const found = rings.flatMap((ring) => {
    const made = cornersOf(ring, counted);
    counted += made.length;
    return made;
  });
  const zone = zoneOf(native.srid);
  const columns = [
    { title: t("corner.name"), cell: (one: Corner) => one.name },
    { title: "X (m)", cell: (one: Corner) => fixed(one.at[1], 3), isNumber: true },
    { title: "Y (m)", cell: (one: Corner) => fixed(one.at[0], 3), isNumber: true },
    { title: t("corner.side"), cell: side, isNumber: true },
  ];
  return all(
    h("p", { class: "muted" }, t("corner.zone", { meridian: zone ? meridianName(zone) : "", srid: native.srid })),
    table(t("tab.corners"), columns, found),
    button(t("corner.copy"), () => void copy(asText(found)), { look: "quiet" }),
  );
}

function cornersOf(ring: Ring, before: number): Corner[] {
  const open = ring.slice(0, -1);
  return open.map((at, index) => {
    const following = (index + 1) % open.length;
    return {
      name: String(before + index + 1),
      at,
      next: open[following] ?? at,
      nextName: String(before + following + 1),
    };
  });
}

function side(corner: Corner): string {
  const [x, y] = corner.at;
  return `${corner.name}–${corner.nextName}: ${fixed(Math.hypot(corner.next[0] - x, corner.next[1] - y), 2)}`;
}

function asText(found: readonly Corner[]): string {
  return found.map(({ name, at }) => [name, at[1].toFixed(3), at[0].toFixed(3)].join("\t")).join("\n");
}
