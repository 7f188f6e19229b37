/** Short messages at the edge of the page, read out by screen readers. */
import { Problem } from "../api/client.ts";
import { t } from "../core/i18n.ts";
import { iconButton } from "./button.ts";
import { h } from "./dom.ts";
import { explain } from "./explain.ts";

const STAYS_MS = 5000;
let shelf: HTMLElement | null = null;

/** Shows a message; errors stay until they are closed. */
export function toast(message: string, kind: "info" | "good" | "error" = "info"): void {
  const item = h(
    "div",
    { class: `toast ${kind}`, role: kind === "error" ? "alert" : "status" },
    h("span", null, message),
  );
  item.append(iconButton("close", t("action.close"), () => item.remove()));
  here().append(item);
  if (kind !== "error") setTimeout(() => item.remove(), STAYS_MS);
}

/** Tells a failure in words; what is no Problem is a fault of this page and is thrown on. */
export function toastProblem(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (!(error instanceof Problem)) throw error;
  toast(explain(error), "error");
}

/** Copies a text and says so. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("action.copied"), "good");
  } catch {
    toast(t("action.copy_failed"), "error");
  }
}

function here(): HTMLElement {
  if (!shelf?.isConnected) {
    shelf = h("div", { class: "toasts" });
    document.body.append(shelf);
  }
  return shelf;
}
