/** Before and after as two small drawings of the same window, so that the eye compares. */
import type { ListedFinding, ProposedChange } from "../../api/findings.ts";
import type { Position, Shape } from "../../api/types.ts";
import { t } from "../../core/i18n.ts";
import { type Box, boxOf, polygons } from "../../geo/shapes.ts";
import { h, s } from "../../ui/dom.ts";

const WIDTH = 300;
const HEIGHT = 220;
/** A fault is shown with so much around it, and never less than this many degrees (about two metres). */
const AROUND = 6;
const LEAST_DEGREES = 0.00002;

/** Gives both drawings, centred on the fault. */
export function sideBySide(changes: readonly ProposedChange[], finding: ListedFinding): HTMLElement {
  const window = windowOf(changes, finding);
  const picture = (title: string, shapes: readonly (Shape | null)[], look: string): HTMLElement =>
    h(
      "figure",
      null,
      s(
        "svg",
        { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "repair-picture", role: "img", "aria-label": title },
        shapes.map((shape) => shape && s("path", { class: look, d: pathOf(shape, window) })),
        look === "before" && finding.shape ? s("path", { class: "fault", d: pathOf(finding.shape, window) }) : null,
      ),
      h("figcaption", null, title),
    );
  return h(
    "div",
    { class: "repair-pictures" },
    picture(
      t("repairs.before"),
      changes.map((change) => change.before),
      "before",
    ),
    picture(
      t("repairs.after"),
      changes.map((change) => change.after),
      "after",
    ),
  );
}

function windowOf(changes: readonly ProposedChange[], finding: ListedFinding): Box {
  const fault = finding.shape ?? finding.point;
  const middle = (fault && boxOf(fault)) ?? allOf(changes);
  const [west, south, east, north] = middle;
  const wide = Math.max(east - west, (north - south) * (WIDTH / HEIGHT), LEAST_DEGREES) * AROUND;
  const whole = allOf(changes);
  const reach = Math.min(wide, Math.max(whole[2] - whole[0], (whole[3] - whole[1]) * (WIDTH / HEIGHT)) * 1.1);
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  const tall = (reach * HEIGHT) / WIDTH;
  return [x - reach / 2, y - tall / 2, x + reach / 2, y + tall / 2];
}

function allOf(changes: readonly ProposedChange[]): Box {
  const boxes = changes
    .flatMap((change) => [change.before, change.after])
    .flatMap((shape) => (shape && boxOf(shape)) ?? []);
  const at = (index: number): number[] => boxes.filter((_, place) => place % 4 === index);
  return [Math.min(...at(0)), Math.min(...at(1)), Math.max(...at(2)), Math.max(...at(3))];
}

function pathOf(shape: Shape, [west, south, east, north]: Box): string {
  const told = ([x, y]: Position): string =>
    `${(((x - west) / (east - west)) * WIDTH).toFixed(2)} ${(((north - y) / (north - south)) * HEIGHT).toFixed(2)}`;
  return polygons(shape)
    .flat()
    .map((ring) => `M${ring.map(told).join("L")}Z`)
    .join("");
}
