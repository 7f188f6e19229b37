/** The account and the settings, in the corner. */
import { choose, language, t, type WordKey } from "./core/i18n.ts";
import { session, signOut } from "./core/session.ts";
import { type Theme, theme } from "./core/theme.ts";
import { showKeys } from "./keys.ts";
import { button } from "./ui/button.ts";
import { type Child, h, put } from "./ui/dom.ts";
import { type IconName, icon } from "./ui/icons.ts";
import { toastProblem } from "./ui/toast.ts";

/** Gives who is signed in, or the way to sign in. */
export function accountMenu(): HTMLElement {
  const place = h("div", { class: "account" });
  const draw = (): void => {
    const now = session.get();
    put(place, now.role === "public" ? signInButton() : menu("person", t(`role.${now.role}` as WordKey), about()));
  };
  session.watch(draw);
  draw();
  return place;
}

/** Gives language, appearance and help. */
export function settingsMenu(): HTMLElement {
  const themes = (["auto", "light", "dark"] as const).map((name) =>
    option("theme", name, t(`theme.${name}`), theme.get()),
  );
  const languages = [option("language", "vi", "Tiếng Việt", language), option("language", "en", "English", language)];
  const form = h(
    "form",
    { class: "settings", on: { change: chosen } },
    h("fieldset", null, h("legend", null, t("menu.language")), languages),
    h("fieldset", null, h("legend", null, t("menu.theme")), themes),
    button(t("menu.keys"), showKeys, { look: "quiet" }),
  );
  return menu("settings", t("menu.more"), form, true);
}

function chosen(event: Event): void {
  const input = event.target as HTMLInputElement;
  if (input.name === "theme") theme.set(input.value as Theme);
  else choose(input.value === "en" ? "en" : "vi");
}

function option(name: string, value: string, words: string, now: string): HTMLElement {
  return h("label", { class: "option" }, h("input", { type: "radio", name, value, checked: value === now }), words);
}

function signInButton(): HTMLElement {
  const open = async (): Promise<void> => (await import("./screens/sign-in.ts")).openSignIn();
  return button(t("session.sign_in"), () => void open(), { look: "plain", icon: "person", class: "sign-in" });
}

function about(): HTMLElement {
  const now = session.get();
  const communes = now.communes?.join(", ") ?? t("session.all_communes");
  const leave = (): void => void signOut().catch(toastProblem);
  return h(
    "div",
    { class: "about" },
    h("strong", null, now.actor ?? ""),
    now.actor_org ? h("span", null, now.actor_org) : null,
    h("span", { class: "muted" }, t("session.communes", { communes })),
    button(t("session.sign_out"), leave),
  );
}

function menu(name: IconName, words: string, content: Child, hidesWords = false): HTMLElement {
  const label = h("span", { class: hidesWords ? "unseen" : "menu-words" }, words);
  const details = h(
    "details",
    { class: "menu" },
    h("summary", { class: "button quiet", title: words }, icon(name), label),
    h("div", { class: "menu-content" }, content),
  );
  document.addEventListener("click", (event) => {
    if (!details.contains(event.target as Node)) details.open = false;
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector("summary")?.focus();
  });
  return details;
}
