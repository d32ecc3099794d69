/** From what was said on the command line, in the environment and at `bulkhead login` to a client. */

import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type ApiClient, apiClient } from "./api-client.ts";
import { fetchAuthority, fingerprintDigits, fingerprintOf, firstCertificate } from "./authority.ts";
import { forgetLogin, type Login, readLogin, writeLogin } from "./login-file.ts";

export interface ConnectOptions {
  /** On the server's own machine: goes before everything else, and needs no sign-in. */
  readonly dataDirectory?: string | undefined;
  /** `https://HOST:PORT`; else BULKHEAD_SERVER, else what was remembered. */
  readonly server?: string | undefined;
  /** An API token; else BULKHEAD_TOKEN, else what was remembered for this server. */
  readonly token?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The account's home directory. */
  readonly home: string;
}

/** Throws `server/no-address`, `server/not-signed-in`, `server/not-pinned`, `server/false-server`, `server/unreachable`, `server/login-unusable`. */
export async function connect(options: ConnectOptions): Promise<ApiClient> {
  const { dataDirectory, environment, home } = options;
  if (dataDirectory !== undefined)
    return apiClient({ kind: "socket", path: join(dataDirectory, "server.sock") });
  const login = readLogin(home);
  const server = options.server ?? said(environment.BULKHEAD_SERVER) ?? login?.server;
  if (server === undefined) throw new BulkheadError("server/no-address", "no server is named");
  const origin = originOf(server);
  // A token goes to the server that it is for, and to no other.
  const remembered = login?.server === origin ? login : undefined;
  const token = options.token ?? said(environment.BULKHEAD_TOKEN) ?? remembered?.token;
  if (token === undefined)
    throw new BulkheadError("server/not-signed-in", `nobody is signed in to ${origin}`);
  return apiClient({ kind: "tls", origin, token, authority: await authorityOf(origin, token, remembered) });
}

export interface LoginOptions {
  readonly server: string;
  readonly token: string;
  /** `sha256:…` of the authority, as `bulkhead serve` printed it; not needed where the token contains it. */
  readonly fingerprint?: string | undefined;
  readonly home: string;
}

/** Who the token says one is. */
export interface Me {
  readonly kind: string;
  readonly name: string;
  readonly role: string;
}

/** Looks whether the server is the right one and takes the token, and remembers both. Throws as `connect`, and what the server says. */
export async function login({ server, token, fingerprint, home }: LoginOptions): Promise<Me> {
  const origin = originOf(server);
  const pin = fingerprint === undefined ? pinOf(token) : fingerprintDigits(fingerprint);
  if (pin === undefined)
    throw new BulkheadError("server/not-pinned", `nothing says which authority ${origin} must belong to`);
  const authority = await fetchAuthority(origin, pin);
  const me = await apiClient({ kind: "tls", origin, authority, token }).get<Me>("/api/v1/me");
  writeLogin(home, { server: origin, token, authority });
  return me;
}

export interface AccountLoginOptions {
  readonly server: string;
  readonly account: string;
  /** `sha256:…` of the authority; not needed where the server is remembered. */
  readonly fingerprint?: string | undefined;
  readonly home: string;
  /** Asked once the server is known to be the right one. */
  readonly password: () => Promise<string>;
  /** Asked where the account has a second factor; undefined where nobody knows. */
  readonly code: () => Promise<string | undefined>;
}

/** Signs in with an account, and remembers the session. Throws as `login`. */
export async function loginWithAccount(options: AccountLoginOptions): Promise<Me & { expiresAt: number }> {
  const { account, fingerprint, home } = options;
  const origin = originOf(options.server);
  const authority = await pinnedAuthority(origin, fingerprint, readLogin(home));
  const client = apiClient({ kind: "tls", origin, authority });
  const password = await options.password();
  const signIn = (code?: string) =>
    client.post<SignedIn>("/api/v1/sign-in", { account, password, keep: "token", ...(code && { code }) });
  const { token, ...me } = await signIn().catch(async (error: unknown) => {
    if (!(error instanceof BulkheadError) || error.code !== "server/code-needed") throw error;
    const code = await options.code();
    if (code === undefined || code === "") throw error;
    return signIn(code);
  });
  writeLogin(home, { server: origin, token, authority });
  return { kind: "session", ...me };
}

interface SignedIn {
  readonly name: string;
  readonly role: string;
  readonly expiresAt: number;
  readonly token: string;
}

async function pinnedAuthority(
  origin: string,
  fingerprint: string | undefined,
  remembered: Login | undefined,
): Promise<string> {
  if (fingerprint !== undefined) return fetchAuthority(origin, fingerprintDigits(fingerprint));
  if (remembered?.server === origin) return remembered.authority;
  throw new BulkheadError("server/not-pinned", `the authority of ${origin} is not known here`);
}

/** Forgets what was remembered, and ends its session, if it is one and the server can be reached. Whether there was anything. */
export async function logout(home: string): Promise<"nothing" | "token" | "session"> {
  const { server: origin = "", token = "", authority = "" } = readable(home) ?? {};
  const isSession = token.startsWith("bulkhead-session-");
  if (isSession)
    await apiClient({ kind: "tls", origin, token, authority })
      .post("/api/v1/signout")
      .catch(() => {});
  if (!forgetLogin(home)) return "nothing";
  return isSession ? "session" : "token";
}

/** What cannot be read can be forgotten. */
function readable(home: string): Login | undefined {
  try {
    return readLogin(home);
  } catch {
    return undefined;
  }
}

async function authorityOf(origin: string, token: string, remembered: Login | undefined): Promise<string> {
  const known = remembered && firstCertificate(remembered.authority);
  const pin = pinOf(token);
  if (known !== undefined && (pin === undefined || pin === fingerprintOf(known))) return known.toString();
  if (pin === undefined)
    throw new BulkheadError("server/not-pinned", `the authority of ${origin} is not known here`);
  return fetchAuthority(origin, pin);
}

/** The authority's fingerprint at the end of `bulkhead-api-1.ID.SECRET.FINGERPRINT`. */
function pinOf(token: string): string | undefined {
  return /^bulkhead-api-1\.[\w-]+\.[\w-]+\.([0-9a-f]{64})$/.exec(token)?.[1];
}

/** `https://HOST:PORT` and nothing more. Throws `server/no-address`. */
function originOf(server: string): string {
  const url = URL.parse(server.includes("://") ? server : `https://${server}`);
  const isPlain = url?.pathname === "/" && url.search === "" && url.hash === "" && url.username === "";
  if (url?.protocol !== "https:" || !isPlain)
    throw new BulkheadError("server/no-address", `'${server}' is no address like https://HOST:PORT`);
  return url.origin;
}

function said(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
