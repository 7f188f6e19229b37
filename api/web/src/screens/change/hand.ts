/** The hand of a change on the map: draws the draft with its preview, and holds the tool that the draft wants. */
import type { Outcome } from "../../api/changes.ts";
import { get } from "../../api/client.ts";
import type { Parcel, ParcelAnswer } from "../../api/types.ts";
import { t } from "../../core/i18n.ts";
import { boxOf } from "../../geo/shapes.ts";
import type { Pair, Zone } from "../../geo/vn2000.ts";
import { withMap } from "../../map/mount.ts";
import { toast, toastProblem } from "../../ui/toast.ts";
import { type Drafting, takeBack } from "./draft.ts";
import { look } from "./looking.ts";
import { CHANGE, drawnOf } from "./on-map.ts";
import { drawing, picking } from "./tools.ts";

export interface Hand {
  readonly takeTool: () => void;
  readonly show: (outcome: Outcome | null) => void;
  readonly leave: () => void;
}

/** Draws the draft and its preview, and holds the tool. */
export function handOf(parcel: Parcel, zone: Zone, { draft, edit }: Drafting): Hand {
  let outcome: Outcome | null = null;
  let hovering: Pair | null = null;
  let holds = false;
  const draw = (): void => withMap((desk) => desk.draw(CHANGE, drawnOf(parcel, zone, draft.get(), outcome, hovering)));
  const left = (): void => {
    holds = false;
    hovering = null;
    draw();
  };
  const pen = {
    add: (at: Pair) => edit({ line: [...draft.get().line, at] }),
    hover: (at: Pair | null) => {
      hovering = at;
      if (draft.get().line.length > 0) draw();
    },
    takeBack: () => takeBack({ draft, edit }),
    left,
  };
  const takeTool = (): void =>
    withMap((desk) => {
      const { kind, way } = draft.get();
      const draws = kind === "split" && way === "line";
      if (holds) desk.leave();
      if (kind === "merge") desk.enter(picking((at) => void pick({ draft, edit }, at).catch(toastProblem), left));
      else if (draws) desk.enter(drawing(desk, parcel, zone, pen));
      holds = kind === "merge" || draws;
    });
  const end = draft.watch(draw);
  const box = parcel.geometry && boxOf(parcel.geometry);
  // Once the form stands: on phones it covers the map's foot.
  if (box) requestAnimationFrame(() => withMap((desk) => desk.fit(box)));
  return {
    takeTool,
    show(shown) {
      outcome = shown;
      draw();
    },
    leave() {
      end();
      withMap((desk) => {
        if (holds) desk.leave();
        desk.draw(CHANGE, []);
      });
    },
  };
}

/** Adds the parcel at a place to a merge, or takes it out again; the first one stays. */
async function pick({ draft, edit }: Pick<Drafting, "draft" | "edit">, [lon, lat]: Pair): Promise<void> {
  const query = { lon: lon.toFixed(8), lat: lat.toFixed(8) };
  const found = (await get<ParcelAnswer>("/parcels/at", { query })).parcels[0];
  if (!found) return toast(t("map.nothing_here"));
  const { parcels } = draft.get();
  const [first, ...others] = parcels;
  if (!first || found.parcel_id === first.parcel_id) return;
  const kept = others.filter((one) => one.parcel_id !== found.parcel_id);
  if (kept.length < others.length) return edit({ parcels: [first, ...kept] });
  const looked = await look(found.parcel_id);
  if (looked) edit({ parcels: [...draft.get().parcels, looked.seen] });
}
