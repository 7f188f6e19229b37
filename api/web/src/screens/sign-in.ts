/** Signing in: at an identity provider, or with account and password; the authenticator's code when it is wanted. */
import { Problem } from "../api/client.ts";
import { t } from "../core/i18n.ts";
import { signIn } from "../core/session.ts";
import { button } from "../ui/button.ts";
import { openDialog } from "../ui/dialog.ts";
import { h, put } from "../ui/dom.ts";
import { explain } from "../ui/explain.ts";
import { note } from "../ui/facts.ts";
import { field, whenSent } from "../ui/form.ts";
import { providerWays } from "./providers.ts";

/** Opens the dialog; it closes itself when somebody is signed in. */
export function openSignIn(reason: string = t("session.why")): void {
  const account = field("account", t("session.account"), { required: true, autocomplete: "username", maxlength: 120 });
  const password = field("password", t("session.password"), {
    type: "password",
    required: true,
    autocomplete: "current-password",
    maxlength: 200,
  });
  const code = field("totp", t("session.totp"), {
    inputmode: "numeric",
    pattern: "[0-9]{6}",
    autocomplete: "one-time-code",
    maxlength: 6,
    hint: t("session.totp_hint"),
  });
  code.element.hidden = true;
  const refused = h("div", { "aria-live": "assertive" });
  const form = h(
    "form",
    { class: "stack" },
    h("p", { class: "muted" }, reason),
    account.element,
    password.element,
    code.element,
    refused,
    button(t("session.sign_in"), () => {}, { look: "main", type: "submit" }),
  );
  const dialog = openDialog(t("session.sign_in"), [providerWays(), form]);
  whenSent(form, async (typed) => {
    put(refused);
    try {
      await signIn({ account: typed.account ?? "", password: password.input.value, ...totp(typed) });
      dialog.close();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.reason === "CODE_NEEDED") {
        code.element.hidden = false;
        code.input.required = true;
        code.input.focus();
      } else {
        put(refused, note(words(error), "error"));
        password.input.select();
      }
    }
  });
  account.input.focus();
}

function totp(typed: Readonly<Record<string, string>>): { readonly totp?: string } {
  return typed.totp ? { totp: typed.totp } : {};
}

function words(problem: Problem): string {
  if (problem.reason === "BLOCKED") return t("session.locked");
  if (problem.reason === "NO_MANDATE") return t("session.no_mandate");
  return problem.status === 401 ? t("session.wrong") : explain(problem);
}
