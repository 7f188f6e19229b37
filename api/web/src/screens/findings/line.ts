/** One finding as a line of the list. */
import type { ListedFinding } from "../../api/findings.ts";
import { area, communeName, length } from "../../core/format.ts";
import { t, told, type WordKey } from "../../core/i18n.ts";
import { go } from "../../core/router.ts";
import { h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";

/** Gives the line; choosing it opens the finding. */
export function findingLine(finding: ListedFinding): HTMLElement {
  const open = (): void => go({ params: { finding: String(finding.finding_id) } });
  return h(
    "li",
    null,
    h(
      "button",
      {
        type: "button",
        class: `hit finding-hit ${finding.severity}`,
        "data-hit": finding.finding_id,
        on: { click: open },
      },
      icon(finding.severity === "info" ? "info" : "alert"),
      h(
        "span",
        { class: "finding-words" },
        h("b", null, told(finding.message) || finding.rule_id),
        h("small", null, [whereOf(finding), sizeOf(finding)].filter(Boolean).join(" · ")),
      ),
      h("span", { class: "chip" }, h("span", { class: "unseen" }, `${severityOf(finding)} `), finding.rule_id),
    ),
  );
}

/** Gives the parcels and the commune of a finding in a few words. */
export function whereOf(finding: ListedFinding): string {
  const numbers = finding.parcels.map((parcel) => `${parcel.sheet_no}/${parcel.parcel_no}`).join(", ");
  return [numbers, communeName(finding.commune)].filter(Boolean).join(", ");
}

/** Gives how large the fault is, or nothing. */
export function sizeOf(finding: ListedFinding): string {
  const width = finding.width_m ? t("finding.width", { width: length(finding.width_m) }) : "";
  return [finding.area_m2 ? area(finding.area_m2, 2) : "", width].filter(Boolean).join(", ");
}

/** Gives the severity in words. */
export function severityOf(finding: ListedFinding): string {
  return t(`severity.${finding.severity}` as WordKey);
}
