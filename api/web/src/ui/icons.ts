/** Line icons, 24 × 24, drawn in the colour of the text around them. */
import { s } from "./dom.ts";

const PATHS = {
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm4.7-1.8L20.5 20.5",
  close: "M6 6l12 12M18 6L6 18",
  person: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6",
  check: "M4.5 12.5l5 5 10-11",
  alert: "M12 4L2.8 20h18.4L12 4Zm0 6v5m0 2.2v.3",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-10v6m0-9.3v.3",
  layers: "M12 3.5l9 5-9 5-9-5 9-5Zm-9 9l9 5 9-5m-18 4l9 5 9-5",
  measure: "M3 16.5L16.5 3 21 7.5 7.5 21 3 16.5Zm4-4l2 2m1-5l2.5 2.5M13 6.5l2 2",
  link: "M10 14a4.5 4.5 0 0 0 6.4 0l3-3A4.5 4.5 0 0 0 13 4.6l-1 1m2 4.4a4.5 4.5 0 0 0-6.4 0l-3 3a4.5 4.5 0 0 0 6.4 6.4l1-1",
  print: "M7 8V3.5h10V8M7 17H3.5V9.5a1.5 1.5 0 0 1 1.5-1.5h14a1.5 1.5 0 0 1 1.5 1.5V17H17m-10-3h10v6.5H7V14Z",
  target: "M12 19a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm0-17v5m0 10v5M2 12h5m10 0h5",
  document: "M6 3h8l4.5 4.5V21H6V3Zm8 0v4.5h4.5M9 12.5h6.5M9 16h6.5",
  history: "M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5M12 7.5V12l3 2",
  settings:
    "M4 7h9m4 0h3M4 17h3m4 0h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  lock: "M6 10.5h12v10H6v-10Zm2.5 0V7a3.5 3.5 0 0 1 7 0v3.5",
  chevron: "M6 9l6 6 6-6",
  upload: "M12 16V4m-5 5l5-5 5 5M4 16.5v4h16v-4",
  table: "M3.5 5h17v14h-17V5Zm0 5h17m-17 4.5h17M9 5v14",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  locate: "M12 21s7-6.5 7-11.5a7 7 0 1 0-14 0C5 14.5 12 21 12 21Zm0-9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  edit: "M4 20l1-4.5L16.5 4 20 7.5 8.5 19 4 20Zm10-13.5l3.5 3.5",
} as const;

export type IconName = keyof typeof PATHS;

/** Gives an icon that screen readers skip; its button carries the words. */
export function icon(name: IconName): SVGSVGElement {
  return s("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, s("path", { d: PATHS[name] }));
}
