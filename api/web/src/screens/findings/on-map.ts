/** Findings on the map: the shape of each fault, or the point where it is. */
import type { ListedFinding, ProposedChange } from "../../api/findings.ts";
import { boxOf } from "../../geo/shapes.ts";
import { withMap } from "../../map/mount.ts";
import type { Drawn } from "../../map/overlays.ts";

/** The name under which the page draws faults and repairs. */
export const FAULTS = "faults";
/** A fault narrower than the eye sees is looked at from close by, but not so close that nothing else is in sight. */
const CLOSEST = 20;

/** Draws the faults of a list. */
export function drawFindings(findings: readonly ListedFinding[]): void {
  withMap((desk) => desk.draw(FAULTS, findings.flatMap(drawn)));
}

/** Draws one fault and moves there. */
export function showFinding(finding: ListedFinding): void {
  withMap((desk) => {
    desk.draw(FAULTS, drawn(finding));
    lookAtFinding(finding);
  });
}

/** Moves the view onto a fault. */
export function lookAtFinding(finding: ListedFinding): void {
  const shape = finding.shape ?? finding.point;
  const box = shape && boxOf(shape);
  if (box) withMap((desk) => desk.fit(box, CLOSEST));
}

/** Draws the ground before and after a repair, over the fault. */
export function showRepair(changes: readonly ProposedChange[], finding: ListedFinding): void {
  const shapes: Drawn[] = changes.flatMap((change) => [
    ...(change.before ? [{ shape: change.before, look: "before" as const }] : []),
    ...(change.after ? [{ shape: change.after, look: "after" as const }] : []),
  ]);
  withMap((desk) => desk.draw(FAULTS, [...shapes, ...drawn(finding)]));
}

function drawn(finding: ListedFinding): Drawn[] {
  const shape = finding.shape ?? finding.point;
  return shape ? [{ shape, look: "fault" }] : [];
}
