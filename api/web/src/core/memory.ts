/** What the browser keeps for this page between visits: settings and keys of parcels, never what was searched. */

const PREFIX = "landdb.";

/** Gives what was kept under the name, or `otherwise` when nothing usable is there. */
export function recall<T>(name: string, otherwise: T): T {
  try {
    const kept = localStorage.getItem(PREFIX + name);
    return kept === null ? otherwise : (JSON.parse(kept) as T);
  } catch {
    return otherwise;
  }
}

/** Keeps a value, or forgets it when it is null; a browser without storage forgets at once. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Private windows may refuse storage; the page works without it.
  }
}
