/** Certificates of the parcel, and the scans that the office keeps. */
import type { Certificate, Parcel } from "../api/types.ts";
import { area, day } from "../core/format.ts";
import { t } from "../core/i18n.ts";
import { all, type Child, h } from "../ui/dom.ts";
import { facts, note } from "../ui/facts.ts";
import type { PanelTab } from "./tab.ts";

export const papersTab: PanelTab = {
  id: "papers",
  label: "tab.papers",
  isOffered: () => true,
  badge: (parcel) => (parcel.certificates.length > 0 ? String(parcel.certificates.length) : null),
  content: (parcel) =>
    parcel.certificates.length === 0
      ? note(t("paper.none"))
      : all(parcel.certificates.map((one) => paper(one, parcel))),
};

function paper(certificate: Certificate, parcel: Parcel): Child {
  const isHidden = parcel.withheld.some((one) => one.field.startsWith("certificates"));
  const title = certificate.serial ?? (isHidden ? t("paper.withheld") : t("paper.no_serial"));
  return h(
    "section",
    { class: "paper" },
    h("h3", null, title),
    facts([
      [t("field.registry_no"), certificate.registry_no],
      [t("paper.issued"), day(certificate.issued_on)],
      [t("paper.area"), certificate.certificate_area_m2 == null ? null : area(certificate.certificate_area_m2)],
      [t("paper.fault"), certificate.serial_fault],
    ]),
  );
}
