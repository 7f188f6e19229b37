/** Reads the tiles in sight anew, after a change of what they show. */
import { withMap } from "./mount.ts";

export function refreshTiles(): void {
  withMap(({ map }) => {
    for (const [name, source] of Object.entries(map.getStyle()?.sources ?? {})) {
      if (source.type === "vector") map.refreshTiles(name);
    }
  });
}
