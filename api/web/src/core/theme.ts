/** Light or dark: as the device, unless the reader chose. */
import { keep, recall } from "./memory.ts";
import { signal } from "./signal.ts";

export type Theme = "auto" | "light" | "dark";

const device = matchMedia("(prefers-color-scheme: dark)");
export const theme = signal<Theme>(recall<Theme>("theme", "auto"));
/** Whether the page is dark now; the map follows it. */
export const isDark = signal(computed());

/** Puts the theme on the document and follows the device from now on. */
export function applyTheme(): void {
  const apply = (): void => {
    isDark.set(computed());
    document.documentElement.dataset.theme = isDark.get() ? "dark" : "light";
  };
  apply();
  device.addEventListener("change", apply);
  theme.watch((chosen) => {
    keep("theme", chosen);
    apply();
  });
}

function computed(): boolean {
  return theme.get() === "auto" ? device.matches : theme.get() === "dark";
}
