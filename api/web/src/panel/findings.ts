/** What the rules found wrong with the parcel. */
import type { Finding, Parcel } from "../api/types.ts";
import { area, length, number } from "../core/format.ts";
import { t, told, type WordKey } from "../core/i18n.ts";
import { go } from "../core/router.ts";
import { SCREENS } from "../screens/all.ts";
import { button } from "../ui/button.ts";
import { type Child, h } from "../ui/dom.ts";
import { note } from "../ui/facts.ts";
import { icon } from "../ui/icons.ts";
import type { PanelTab } from "./tab.ts";

const ORDER = { error: 0, warning: 1, info: 2 } as const;

export const findingsTab: PanelTab = {
  id: "findings",
  label: "tab.findings",
  isOffered: () => true,
  badge: (parcel) => (parcel.findings && parcel.findings.length > 0 ? String(parcel.findings.length) : null),
  content: (parcel) => list(parcel),
};

function list(parcel: Parcel): Child {
  if (parcel.findings === null) return note(t("finding.of_now"));
  if (parcel.findings.length === 0) return note(t("finding.none"), "good");
  const sorted = [...parcel.findings].sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
  return h("ul", { class: "findings" }, sorted.map(entry));
}

function entry(finding: Finding): HTMLElement {
  const sizes = [
    finding.area_m2 ? area(finding.area_m2, 2) : null,
    finding.width_m ? t("finding.width", { width: length(finding.width_m) }) : null,
    finding.measure !== null && finding.unit && !finding.area_m2
      ? `${number(finding.measure, 3)} ${finding.unit}`
      : null,
  ].filter(Boolean);
  const screen = SCREENS.find((one) => one.id === "findings" && one.isOffered());
  const open = (): void => go({ screen: "findings", params: { finding: String(finding.finding_id) } });
  return h(
    "li",
    { class: `finding ${finding.severity}` },
    icon(finding.severity === "info" ? "info" : "alert"),
    h(
      "div",
      null,
      h(
        "p",
        null,
        h("span", { class: "severity" }, t(`severity.${finding.severity}` as WordKey)),
        " ",
        h("code", null, finding.rule_id),
      ),
      h("p", null, told(finding.message)),
      sizes.length > 0 ? h("p", { class: "muted" }, sizes.join(" · ")) : null,
      screen ? button(t("finding.open"), open, { look: "quiet" }) : null,
    ),
  );
}
