/** The screens in the order of the navigation. A new one is one entry here. */

import { HOME } from "../core/router.ts";
import { may } from "../core/session.ts";
import type { Screen } from "./screen.ts";

export const SCREENS: readonly Screen[] = [
  {
    id: HOME,
    label: "nav.search",
    icon: "search",
    layout: "beside",
    isOffered: () => true,
    open: async () => (await import("../search/screen.ts")).openSearch(),
  },
  {
    id: "person",
    label: "nav.person",
    icon: "person",
    layout: "beside",
    isOffered: () => may("searchHolders"),
    open: async (place) => (await import("./person.ts")).openPersonSearch(place),
  },
  {
    id: "findings",
    label: "nav.findings",
    icon: "alert",
    layout: "beside",
    isOffered: () => true,
    open: async (place) => (await import("./findings/screen.ts")).openFindings(place),
  },
  {
    id: "change",
    label: "nav.change",
    icon: "edit",
    layout: "beside",
    isOffered: () => may("register"),
    open: async (place) => (await import("./change/screen.ts")).openChange(place),
  },
  {
    id: "import",
    label: "nav.import",
    icon: "upload",
    layout: "wide",
    isOffered: () => may("import"),
    open: async () => (await import("./imports/screen.ts")).openImports(),
  },
  {
    id: "bulk",
    label: "nav.bulk",
    icon: "table",
    layout: "wide",
    isOffered: () => true,
    open: async () => (await import("./bulk.ts")).openBulk(),
  },
  {
    id: "check",
    label: "nav.check",
    icon: "document",
    layout: "beside",
    isOffered: () => true,
    open: async (place) => (await import("./check.ts")).openCheck(place),
  },
  {
    id: "accesses",
    label: "nav.accesses",
    icon: "eye",
    layout: "wide",
    isOffered: () => may("seeOwnAccesses"),
    open: async () => (await import("./accesses.ts")).openAccesses(),
  },
];

/** Gives the screen of an address; of an unknown one, or one that this session may not see, the search. */
export function screenOf(id: string): Screen {
  const first = SCREENS[0] as Screen;
  return SCREENS.find((screen) => screen.id === id && screen.isOffered()) ?? first;
}
