/** A real API server for tests: real TLS, real sockets, a real database, and a clock that the test sets. */

import { mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Accounts, accountsOf } from "../../accounts/accounts.ts";
import type { Passwords } from "../../accounts/password.ts";
import type { Role } from "../../accounts/role.ts";
import type { TellAccount } from "../../accounts/signing-in.ts";
import { ACCOUNTS_SCHEMA, PEOPLE_SCHEMA, TOKEN_OWNERS_SCHEMA } from "../../store/accounts/schema.ts";
import { openDatabase } from "../../store/database.ts";
import { type ApiServer, type ApiServerOptions, apiServer } from "../api-server.ts";
import { EventFeed } from "../event-feed.ts";
import type { Route } from "../route.ts";
import { type TestAuthority, testAuthority } from "./certificates.ts";

export interface Asking {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** An API token. */
  readonly token?: string;
}

export interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface RunningServer extends AsyncDisposable {
  readonly server: ApiServer;
  readonly accounts: Accounts;
  readonly authority: TestAuthority;
  readonly events: EventFeed;
  readonly directory: string;
  readonly socketPath: string;
  /** All that was written to the journal, as text. */
  readonly journal: string[];
  /** Milliseconds since 1970, as the server sees them. */
  readonly clock: { now: number };
  /** A new API token with this role. */
  token(role: Role): string;
  overTls(asking: Asking): Promise<Told>;
  overSocket(asking: Asking): Promise<Told>;
}

export interface RunOptions extends Partial<ApiServerOptions> {
  /** Routes that need the server's own accounts; in the place of `routes`. */
  readonly routesOf?: (accounts: Accounts) => readonly Route[];
  /** Told what accounts tell. */
  readonly tell?: TellAccount;
  readonly passwords?: Passwords;
}

/** What was made is removed again where the server does not start. */
export async function runServer({
  routesOf,
  tell,
  passwords,
  ...options
}: RunOptions = {}): Promise<RunningServer> {
  using undo = new DisposableStack();
  const directory = mkdtempSync(join(tmpdir(), "bulkhead-http-"));
  undo.defer(() => rmSync(directory, { recursive: true, force: true }));
  const authority = await testAuthority();
  const clock = { now: Date.now() };
  const database = openDatabase({
    path: join(directory, "server.db"),
    applicationId: 1,
    migrations: [ACCOUNTS_SCHEMA, PEOPLE_SCHEMA, TOKEN_OWNERS_SCHEMA],
  });
  undo.defer(() => database.close());
  const events = new EventFeed();
  const journal: string[] = [];
  const note = (fields: object, message: string) => {
    journal.push(
      JSON.stringify({ ...fields, message }, (_key, value) =>
        value instanceof Error ? `${value.stack}` : value,
      ),
    );
  };
  const accounts = accountsOf({
    database,
    now: () => clock.now,
    fingerprint: () => authority.fingerprint,
    warn: note,
    ...(tell && { tell }),
    ...(passwords && { passwords }),
  });
  const server = await apiServer({
    routes: routesOf?.(accounts) ?? [],
    accounts,
    authority: () => authority.pem,
    dataDirectory: directory,
    events,
    version: "1.2.3",
    journal: { info: note, warn: note, error: note },
    tls: { host: "127.0.0.1", port: 0, ...(await authority.issue()) },
    ...options,
  });
  const socketPath = join(directory, "server.sock");
  let tokens = 0;
  const begun = undo.move();
  return {
    server,
    accounts,
    authority,
    events,
    directory,
    socketPath,
    journal,
    clock,
    token: (role) => {
      tokens += 1;
      const expiresAt = clock.now + 3_600_000;
      return accounts.createToken({ name: `${role} ${tokens}`, role, expiresAt, by: "test" }).text;
    },
    overTls: (asking) =>
      send(
        asking,
        { host: "127.0.0.1", port: server.port, ca: authority.pem } as RequestOptions,
        httpsRequest,
      ),
    overSocket: (asking) => send(asking, { socketPath }, httpRequest),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      begun.dispose();
    },
  };
}

async function send(asking: Asking, where: RequestOptions, open: typeof httpRequest): Promise<Told> {
  const { method = "GET", path, headers = {}, body, token } = asking;
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  const asked = open({
    ...where,
    method,
    path,
    agent: false,
    headers: {
      ...(body !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  asked.on("error", reject);
  asked.on("response", (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    answer.on("error", reject);
    answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
  });
  asked.end(body);
  return promise;
}

/** The code of an answer that is an error. */
export function codeOf({ text }: Told): string {
  return (JSON.parse(text) as { error: { code: string } }).error.code;
}
