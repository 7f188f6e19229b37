/** One change on the desk: its form, its drawing on the map, and its preview, all following the same draft. */
import type { Parcel } from "../../api/types.ts";
import { t } from "../../core/i18n.ts";
import { type Signal, signal } from "../../core/signal.ts";
import { boxOf } from "../../geo/shapes.ts";
import { nearestZone, type Zone, zoneOf } from "../../geo/vn2000.ts";
import { button } from "../../ui/button.ts";
import { h, put } from "../../ui/dom.ts";
import { type Drafting, draftOf, KINDS, type Kind, type Seen, type Typed } from "./draft.ts";
import { changeForm } from "./form.ts";
import { handOf } from "./hand.ts";
import { look } from "./looking.ts";
import { mergeTerms } from "./merge.ts";
import { previews } from "./previews.ts";
import { splitTerms } from "./split.ts";
import { transferTerms } from "./transfer.ts";

export interface Desk {
  readonly element: HTMLElement;
  leave(): void;
}

/** What the parts of the desk work on. */
export interface Work extends Drafting {
  readonly parcel: Parcel;
  readonly zone: Zone;
  /** Who is to get a right; forgotten with the page. */
  readonly taker: Signal<Typed>;
  /** Takes up the tool on the map that the draft wants. */
  readonly takeTool: () => void;
  /** Looks at the parcels anew, after somebody else changed them. */
  readonly lookAgain: () => Promise<void>;
  readonly discard: () => void;
}

const TERMS: Readonly<Record<Kind, (work: Work) => HTMLElement>> = {
  split: splitTerms,
  merge: mergeTerms,
  transfer: transferTerms,
};

/** Opens the desk; `again` opens it anew. */
export function openDesk(parcel: Parcel, seen: Seen, again: () => void): Desk {
  const drafting = draftOf(seen);
  const zone = zoneOf(parcel.sheet.srid) ?? nearestZone(boxOf(seen.shape)?.[0] ?? 0);
  const map = handOf(parcel, zone, drafting);
  const work: Work = {
    ...drafting,
    parcel,
    zone,
    taker: signal<Typed>({}),
    takeTool: map.takeTool,
    lookAgain: () => lookAgain(drafting, again),
    discard: () => {
      drafting.forget();
      again();
    },
  };
  const form = changeForm(work);
  const terms = h("div", { class: "stack" });
  const drawTerms = (): void => {
    put(terms, TERMS[drafting.draft.get().kind](work));
    map.takeTool();
  };
  const outcome = h("div", { class: "stack", "aria-live": "polite" });
  const stop = previews(work, outcome, (told) => {
    form.ready(told?.result === "PREVIEW");
    map.show(told);
  });
  const result = h("section", { class: "stack outcome" }, h("h2", null, t("change.outcome")), outcome);
  drawTerms();
  const element = h("div", { class: "stack" }, kinds(work, drawTerms), terms, result, form.element);
  return {
    element,
    leave() {
      stop();
      map.leave();
    },
  };
}

function kinds({ draft, edit }: Drafting, changed: () => void): HTMLElement {
  const choose = (kind: Kind): void => {
    edit({ kind });
    buttons.forEach((one, index) => {
      one.setAttribute("aria-pressed", String(KINDS[index] === kind));
    });
    changed();
  };
  const buttons = KINDS.map((kind) =>
    button(t(`change.${kind}`), () => choose(kind), { pressed: draft.get().kind === kind }),
  );
  return h("div", { class: "row", role: "group", "aria-label": t("change.kind") }, buttons);
}

/** Takes the present states of all parcels into the draft; what was drawn stays. Opens anew when the first one is gone. */
async function lookAgain({ draft, edit }: Drafting, again: () => void): Promise<void> {
  const looked = await Promise.all(draft.get().parcels.map((one) => look(one.parcel_id)));
  if (!looked[0]) return again();
  edit({ parcels: looked.flatMap((one) => (one ? [one.seen] : [])) });
}
