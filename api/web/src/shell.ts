/** The frame around everything: search and account above, screens at the side, then list, map and panel. */
import { t } from "./core/i18n.ts";
import { go, HOME, type Place, place } from "./core/router.ts";
import { session, sessionsEnded } from "./core/session.ts";
import { installKeys } from "./keys.ts";
import { mountMap } from "./map/mount.ts";
import { accountMenu, settingsMenu } from "./menus.ts";
import { mountPanel } from "./panel/panel.ts";
import { SCREENS, screenOf } from "./screens/all.ts";
import type { Screen, ScreenView } from "./screens/screen.ts";
import { searchBar } from "./search/bar.ts";
import { all, h, put, s } from "./ui/dom.ts";
import { grabber } from "./ui/grabber.ts";
import { icon } from "./ui/icons.ts";
import { toast, toastProblem } from "./ui/toast.ts";

/** Builds the page into `body`. */
export function mountShell(body: HTMLElement): void {
  const content = h("main", { class: "sheet-content", id: "pane", tabindex: -1 });
  const pane = h("div", { class: "pane" }, grabber(), content);
  const map = h("section", { class: "map-area", "aria-label": t("map.label") });
  const panel = h("aside", { class: "panel", id: "panel", "aria-label": t("panel.label"), hidden: true });
  const rail = h("nav", { class: "rail", "aria-label": t("nav.label") });
  const shell = h("div", { class: "shell" }, topbar(), rail, pane, map, panel);
  put(body, h("a", { class: "skip", href: "#pane", on: { click: skip(content) } }, t("app.skip")), shell);
  mountMap(map);
  mountPanel(panel, shell);
  runScreens(shell, content, rail);
  installKeys();
  sessionsEnded.watch(() => toast(t("session.ended"), "error"));
}

function topbar(): HTMLElement {
  const home = (event: MouseEvent): void => {
    event.preventDefault();
    go({ screen: HOME, parcelId: null });
  };
  return h(
    "header",
    { class: "topbar" },
    h("a", { class: "brand", href: "/app", title: t("app.name"), on: { click: home } }, mark(), h("b", null, "landdb")),
    searchBar(),
    h("div", { class: "menus" }, accountMenu(), settingsMenu()),
  );
}

/** The mark: four parcels around a common corner. */
function mark(): SVGSVGElement {
  const path = "M3 3h8v6l-8 3V3Zm10 0h8v10l-8-4V3ZM3 14l8-3v10H3v-7Zm10-3l8 4v6h-8V11Z";
  return s("svg", { class: "mark", viewBox: "0 0 24 24", "aria-hidden": "true" }, s("path", { d: path }));
}

function skip(pane: HTMLElement): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    pane.focus();
  };
}

/** Shows the screen of the address, and leaves the one before. */
function runScreens(shell: HTMLElement, pane: HTMLElement, rail: HTMLElement): void {
  let shown: Screen | null = null;
  let view: ScreenView | null = null;

  async function show(at: Place): Promise<void> {
    const wanted = screenOf(at.screen);
    drawRail(rail, wanted);
    if (wanted === shown) {
      view?.changed?.(at);
      return;
    }
    shown = wanted;
    view?.leave?.();
    view = null;
    shell.dataset.layout = wanted.layout;
    shell.dataset.screen = wanted.id;
    put(pane, h("p", { class: "waiting", role: "status" }, t("state.loading")));
    const opened = await wanted.open(at);
    if (shown !== wanted) {
      opened.leave?.();
      return;
    }
    view = opened;
    put(pane, opened.element);
    document.title = `${t(wanted.label)} · landdb`;
  }

  const shows = (at: Place): void => void show(at).catch(toastProblem);
  place.watch(shows);
  session.watch(() => shows(place.get()));
  shows(place.get());
}

function drawRail(rail: HTMLElement, chosen: Screen): void {
  const offered = SCREENS.filter((screen) => screen.isOffered());
  rail.hidden = offered.length < 2;
  const entries = offered.map((screen) =>
    h(
      "button",
      {
        type: "button",
        "aria-current": screen === chosen ? "page" : null,
        on: { click: () => go({ screen: screen.id }) },
      },
      icon(screen.icon),
      h("span", null, t(screen.label)),
    ),
  );
  put(rail, all(entries));
}
