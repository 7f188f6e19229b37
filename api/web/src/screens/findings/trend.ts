/** How far a commune has come: errors and warnings after each check, as a chart that needs no explanation. */
import { get } from "../../api/client.ts";
import type { Check } from "../../api/findings.ts";
import { day, number } from "../../core/format.ts";
import { t } from "../../core/i18n.ts";
import { type Child, h, s } from "../../ui/dom.ts";
import { loaded } from "../../ui/facts.ts";

const WIDTH = 320;
const HEIGHT = 90;
const BASE = 74;

interface Quality {
  readonly scored_on: string | null;
  readonly score?: number | null;
}

/** Gives the chart of a commune, with its score. */
export function progressOf(commune: string): HTMLElement {
  return h(
    "details",
    { class: "progress", open: true },
    h("summary", null, t("trend.title")),
    loaded(async () => {
      const { checks } = await get<{ checks: readonly Check[] }>("/findings/trend", { query: { commune } });
      const quality = await get<Quality>(`/communes/${encodeURIComponent(commune)}/quality`);
      return told(checks, quality);
    }),
  );
}

function told(checks: readonly Check[], quality: Quality): Child {
  const last = checks.at(-1);
  if (!last) return h("p", { class: "muted" }, t("trend.none"));
  const counts = { errors: last.errors, warnings: last.warnings, accepted: last.accepted, parcels: last.parcels };
  return [
    quality.score === null || quality.score === undefined
      ? null
      : h("p", { class: "score" }, h("b", null, number(quality.score, 1)), ` / 100 · ${t("trend.score")}`),
    chart(checks),
    h("p", { class: "muted" }, t("trend.last", counts)),
  ];
}

/** Gives stacked bars: errors below, warnings above them, one bar for each check. */
function chart(checks: readonly Check[]): SVGSVGElement {
  const shown = checks.slice(-24);
  const most = Math.max(1, ...shown.map((check) => check.errors + check.warnings));
  const step = WIDTH / Math.max(shown.length, 6);
  const bars = shown.flatMap((check, index) => bar(check, index * step + 2, Math.min(step - 4, 28), most));
  const [first, last] = [shown[0] as Check, shown.at(-1) as Check];
  const label = t("trend.label", { first: day(first.at), last: day(last.at) });
  return s(
    "svg",
    { class: "trend", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
    s("path", { class: "axis", d: `M0 ${BASE}H${WIDTH}` }),
    bars,
    s("text", { x: 0, y: HEIGHT - 2 }, day(first.at)),
    shown.length > 1 ? s("text", { x: WIDTH, y: HEIGHT - 2, "text-anchor": "end" }, day(last.at)) : null,
  );
}

function bar(check: Check, x: number, width: number, most: number): SVGElement[] {
  const tall = (count: number): number => (count / most) * (BASE - 16);
  const [errors, warnings] = [tall(check.errors), tall(check.warnings)];
  const words = `${day(check.at)}: ${number(check.errors)} + ${number(check.warnings)}`;
  return [
    s("rect", { class: "error", x, y: BASE - errors, width, height: errors }, s("title", null, words)),
    s("rect", { class: "warning", x, y: BASE - errors - warnings, width, height: warnings }, s("title", null, words)),
    s(
      "text",
      { class: "count", x: x + width / 2, y: BASE - errors - warnings - 3, "text-anchor": "middle" },
      number(check.errors + check.warnings),
    ),
  ];
}
