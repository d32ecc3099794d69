/** From what was said on the command line, in the environment and at `bulkhead login` to a client. */

import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { type ApiClient, apiClient } from "./api-client.ts";
import { fetchAuthority, fingerprintDigits, fingerprintOf, firstCertificate } from "./authority.ts";
import { type Login, readLogin, writeLogin } from "./login-file.ts";

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
