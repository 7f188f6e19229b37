/** Tabs after the ARIA pattern: arrows move, the chosen one is part of the tab order. */
import { type Child, h } from "./dom.ts";

export interface Tab {
  readonly id: string;
  readonly label: string;
  /** A count beside the label, such as open findings. */
  readonly badge?: string | null;
  readonly content: Child;
}

export interface Tabs {
  readonly element: HTMLElement;
  choose(id: string): void;
}

/** Gives tabs with all their panels in the page, so that printing shows every one. */
export function tabs(label: string, entries: readonly Tab[], chosen: string, changed: (id: string) => void): Tabs {
  const heads = entries.map((tab) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${tab.id}`,
        "aria-controls": `tabpanel-${tab.id}`,
        on: { click: () => select(tab.id) },
      },
      tab.label,
      tab.badge ? h("span", { class: "badge" }, tab.badge) : null,
    ),
  );
  const panels = entries.map((tab) =>
    h(
      "section",
      { role: "tabpanel", id: `tabpanel-${tab.id}`, "aria-labelledby": `tab-${tab.id}`, tabindex: 0 },
      h("h3", { class: "print-only" }, tab.label),
      tab.content,
    ),
  );
  const list = h("div", { role: "tablist", class: "tabs", "aria-label": label, on: { keydown: move } }, heads);

  function show(id: string): void {
    entries.forEach((tab, index) => {
      const isChosen = tab.id === id;
      heads[index]?.setAttribute("aria-selected", String(isChosen));
      heads[index]?.setAttribute("tabindex", isChosen ? "0" : "-1");
      panels[index]?.toggleAttribute("hidden", !isChosen);
      if (isChosen) requestAnimationFrame(() => heads[index]?.scrollIntoView({ block: "nearest", inline: "center" }));
    });
  }

  function select(id: string): void {
    show(id);
    changed(id);
  }

  function move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = heads.indexOf(document.activeElement as HTMLButtonElement);
    const next = (now + step + heads.length) % heads.length;
    heads[next]?.focus();
    const tab = entries[next];
    if (tab) select(tab.id);
  }

  show(entries.some((tab) => tab.id === chosen) ? chosen : (entries[0]?.id ?? ""));
  return { element: h("div", { class: "tabbed" }, list, panels), choose: select };
}
