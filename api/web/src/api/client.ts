/** Asks the server. The session cookie says who asks; a custom header proves that this page does. */

export interface Fault {
  readonly field: string;
  readonly reason: string;
  readonly message?: string;
}

/** A refusal that the server explained (RFC 9457), or a line that is dead (`status` 0). */
export class Problem extends Error {
  readonly status: number;
  readonly kind: string;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly requestId: string | null;
  readonly faults: readonly Fault[];

  constructor(status: number, told: Readonly<Record<string, unknown>>) {
    const kind = String(told.type ?? "").replace("urn:landdb:problem:", "");
    super(kind || `http ${status}`);
    this.status = status;
    this.kind = kind;
    this.reason = (told.reason as string | undefined) ?? null;
    this.remedy = (told.remedy as string | undefined) ?? null;
    this.requestId = (told.request_id as string | undefined) ?? null;
    this.faults = (told.faults as readonly Fault[] | undefined) ?? [];
  }
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Asking {
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer<T> {
  readonly body: T;
  readonly headers: Headers;
}

/** Gives the JSON answer to a GET. Raises Problem; an aborted question raises AbortError. */
export async function get<T>(path: string, asking: Asking = {}): Promise<T> {
  return (await ask<T>("GET", path, asking)).body;
}

/** Gives the JSON answer to a POST. */
export async function post<T>(path: string, asking: Asking = {}): Promise<T> {
  return (await ask<T>("POST", path, asking)).body;
}

/** Gives the answer with its headers, null as body when there is none. */
export async function ask<T>(method: string, path: string, asking: Asking = {}): Promise<Answer<T>> {
  const response = await send(method, path, asking);
  const text = await response.text();
  const body = text === "" ? null : (JSON.parse(text) as unknown);
  return { body: body as T, headers: response.headers };
}

/** Sends a request and gives the raw response of a success: for files. Raises Problem. */
export async function send(method: string, path: string, asking: Asking = {}): Promise<Response> {
  const isRaw = asking.body instanceof Blob || asking.body instanceof FormData;
  const headers: Record<string, string> = { Accept: "application/json", ...asking.headers };
  if (method !== "GET") headers["X-Landdb-Csrf"] = "1";
  if (asking.body !== undefined && !isRaw) headers["Content-Type"] = "application/json";
  const init: RequestInit = { method, headers, credentials: "same-origin", signal: asking.signal ?? null };
  if (asking.body !== undefined) init.body = isRaw ? (asking.body as BodyInit) : JSON.stringify(asking.body);
  const response = await fetch(addressed(path, asking.query), init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, { type: "offline" });
  });
  if (!response.ok) throw new Problem(response.status, await explained(response));
  return response;
}

function addressed(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

async function explained(response: Response): Promise<Record<string, unknown>> {
  try {
    return (await response.json()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
