/** Who is at the page, as the server says; the cookie itself no script can read. */
import { ask, get, Problem } from "../api/client.ts";
import { signal } from "./signal.ts";

export type Role = "public" | "citizen" | "clerk" | "analyst" | "service" | "auditor" | "administrator";

export interface Session {
  readonly role: Role;
  readonly actor: string | null;
  readonly actor_org: string | null;
  readonly communes: readonly string[] | null;
  readonly expires_at: string | null;
  /** The identity provider at which this person signed in; null for an account of ours. */
  readonly provider: string | null;
}

export const GUEST: Session = {
  role: "public",
  actor: null,
  actor_org: null,
  communes: null,
  expires_at: null,
  provider: null,
};
export const session = signal<Session>(GUEST);

/** How often a session ended without signing out, as the server let us know. */
export const sessionsEnded = signal(0);

/** Notes that the server does not know this session any more. */
export function sessionEnded(): void {
  sessionsEnded.set(sessionsEnded.get() + 1);
  session.set(GUEST);
}

/** What each role may do on this page; the server decides again on every request. */
const MAY: Readonly<Record<string, readonly Role[]>> = {
  searchHolders: ["clerk", "service"],
  reveal: ["clerk"],
  register: ["clerk"],
  decideFindings: ["clerk", "analyst"],
  import: ["clerk", "analyst"],
  seeOwnAccesses: ["citizen"],
};
export type Permission = "searchHolders" | "reveal" | "register" | "decideFindings" | "import" | "seeOwnAccesses";

/** Tells whether the present role may do something. */
export function may(what: Permission): boolean {
  return MAY[what]?.includes(session.get().role) ?? false;
}

/** Learns from the server who this is; a server without accounts, or one out of reach, means a guest. */
export async function learnSession(): Promise<void> {
  try {
    session.set(await get<Session>("/session"));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    session.set(GUEST);
  }
}

export interface Credentials {
  readonly account: string;
  readonly password: string;
  readonly totp?: string;
}

/** Signs in; raises Problem when the server refuses. */
export async function signIn(credentials: Credentials): Promise<void> {
  await ask("POST", "/session", { body: credentials });
  await learnSession();
}

/** Signs out, at the identity provider too; whatever the server says, this page is a guest's from now on. */
export async function signOut(): Promise<void> {
  const { provider } = session.get();
  try {
    await ask("DELETE", "/session");
    if (provider) location.assign(`/auth/oidc/end?${new URLSearchParams({ issuer: provider })}`);
  } finally {
    session.set(GUEST);
  }
}
