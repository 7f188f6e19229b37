/** The ways to sign in at an identity provider, and why the last one failed. The server goes all the steps. */
import { get, Problem } from "../api/client.ts";
import { named, t } from "../core/i18n.ts";
import { button } from "../ui/button.ts";
import { type Child, h, put } from "../ui/dom.ts";
import { note } from "../ui/facts.ts";
import { icon } from "../ui/icons.ts";
import { toast } from "../ui/toast.ts";

interface Refusal {
  readonly reason: string;
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly command: string | null;
}

interface Ways {
  readonly providers: readonly { readonly issuer: string; readonly label: string }[];
  readonly refusal: Refusal | null;
}

/** Gives an element that shows them as soon as the server has told; nothing where there are none. */
export function providerWays(): HTMLElement {
  const place = h("div", { class: "stack providers" });
  void fill(place);
  return place;
}

async function fill(place: HTMLElement): Promise<void> {
  try {
    const { providers, refusal } = await get<Ways>("/auth/oidc");
    const links = providers.map((one) => way(one.issuer, one.label));
    put(place, refusal ? told(refusal) : null, links, links.length > 0 ? h("p", null, t("session.or_account")) : null);
  } catch (error) {
    // Accounts of ours are there without it.
    if (!(error instanceof Problem)) throw error;
  }
}

/** A link and no form: the policy of the page lets forms go nowhere else. */
function way(issuer: string, label: string): HTMLElement {
  const back = location.pathname + location.search + location.hash;
  const query = new URLSearchParams({ issuer, return_to: back });
  return h("a", { class: "button main", href: `/auth/oidc/start?${query}` }, icon("person"), h("span", null, label));
}

function told(refusal: Refusal): Child {
  const words = named(`session.oidc.${refusal.reason}`, t("session.oidc.PROVIDER_REFUSED"));
  const { command } = refusal;
  if (command === null) return note(words, "error");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(command);
      toast(t("action.copied"));
    } catch {
      toast(t("action.copy_failed"), "error");
    }
  };
  return note([h("p", null, words), h("code", { class: "command" }, command), button(t("action.copy"), copy)], "error");
}
