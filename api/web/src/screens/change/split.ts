/** How a parcel is cut: along a line drawn on the map, or into parts of a ratio parallel to an edge. */
import { fixed } from "../../core/format.ts";
import { t } from "../../core/i18n.ts";
import { button } from "../../ui/button.ts";
import { all, h, put } from "../../ui/dom.ts";
import { choice, field } from "../../ui/form.ts";
import type { Work } from "./desk.ts";
import { takeBack } from "./draft.ts";
import { edgesOf } from "./on-map.ts";

/** Gives the fields of a split. */
export function splitTerms(work: Work): HTMLElement {
  const { draft, edit, takeTool } = work;
  const place = h("div", { class: "stack" });
  const show = (): void => {
    put(place, draft.get().way === "line" ? byLine(work) : byRatio(work));
  };
  const option = (way: "line" | "ratio"): HTMLElement => {
    const input = h("input", { type: "radio", name: "way", value: way, checked: draft.get().way === way });
    input.addEventListener("change", () => {
      edit({ way });
      show();
      takeTool();
    });
    return h("label", { class: "option" }, input, t(way === "line" ? "change.by_line" : "change.by_ratio"));
  };
  show();
  const legend = h("legend", { class: "unseen" }, t("change.way"));
  return h("div", { class: "stack" }, h("fieldset", { class: "ways" }, legend, option("line"), option("ratio")), place);
}

function byLine(work: Work): DocumentFragment {
  return all(
    h("p", { class: "muted" }, t("change.line_hint")),
    h(
      "div",
      { class: "row" },
      button(t("change.draw_on"), work.takeTool, { icon: "edit" }),
      button(t("change.take_back"), () => void takeBack(work)),
      button(t("change.clear_line"), () => work.edit({ line: [] })),
    ),
  );
}

function byRatio({ parcel, draft, edit }: Work): DocumentFragment {
  const words = ({ index, length_m }: { readonly index: number; readonly length_m: number }): string =>
    t("change.edge_named", { number: index + 1, length: fixed(length_m, 2) });
  const entries = edgesOf(parcel).map((edge) => [String(edge.index), words(edge)] as const);
  const edge = choice("edge", t("change.edge"), entries, { value: String(draft.get().edge) });
  const ratio = field("ratio", t("change.ratio"), {
    value: draft.get().ratio,
    hint: t("change.ratio_hint"),
    maxlength: 60,
    autocomplete: "off",
  });
  edge.input.addEventListener("change", () => edit({ edge: Number(edge.input.value) }));
  ratio.input.addEventListener("input", () => edit({ ratio: ratio.input.value }));
  return all(h("div", { class: "two-fields" }, edge.element, ratio.element));
}
