import { readFile } from "node:fs/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Output, Terminal } from "@bulkhead/terminal/output.ts";
import { SecretInput } from "@bulkhead/terminal/secret-input.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { columnsText } from "./words.ts";

export interface IdentityOptions extends ConnectionOptions {
  readonly action: "show" | "set" | "test" | "remove";
  readonly issuer: string | undefined;
  readonly "client-id": string | undefined;
  readonly secret: "ask" | "keep" | "none";
  readonly title: string | undefined;
  readonly scopes: string | undefined;
  readonly "groups-claim": string | undefined;
  readonly group: readonly string[] | undefined;
  readonly everybody: string | undefined;
  readonly domain: readonly string[] | undefined;
  readonly authorities: string | undefined;
  readonly url: string | undefined;
}

interface GroupRole {
  readonly group: string;
  readonly role: string;
  readonly scope: readonly string[] | null;
}

interface Provider {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly groupsClaim: string;
  readonly groups: readonly GroupRole[];
  readonly everybody: string | null;
  readonly domains: readonly string[];
  readonly authorities: string | null;
  readonly url: string | null;
}

interface IdentityView {
  readonly provider: Provider | null;
  readonly hasSecret: boolean;
  readonly redirectUri: string;
}

const PATH = "/api/v1/identity";

/** Of show: 1 where nobody signs in elsewhere. */
export async function workOnIdentity(options: IdentityOptions, { out, err }: Terminal): Promise<ExitCode> {
  const client = await connectTo(options);
  switch (options.action) {
    case "set":
      return tell(await set(client, options, err), options, out);
    case "test":
      return test(client, options, out);
    case "remove": {
      await client.send("DELETE", PATH);
      const words = "nobody signs in at a provider any more, and who did is signed out\n";
      await out.write(options.json ? `${JSON.stringify({ formatVersion: 1, removed: true })}\n` : words);
      return 0;
    }
    default:
      return tell(await client.get<IdentityView>(PATH), options, out);
  }
}

async function set(client: ApiClient, options: IdentityOptions, err: Output): Promise<IdentityView> {
  const { provider: before } = await client.get<IdentityView>(PATH);
  const provider = await changed(before, options);
  if (options.secret === "keep") return client.send<IdentityView>("PUT", PATH, { provider });
  if (options.secret === "none") return client.send<IdentityView>("PUT", PATH, { provider, secret: null });
  const secret = await new SecretInput((text) => err.write(text)).next(
    `secret of the client ${provider.clientId}`,
  );
  if (secret === undefined || secret === "")
    throw new BulkheadError(
      "command/wrong-usage",
      "no secret: type it or put it on standard input; --secret keep leaves the known one, --secret none is for a public client",
    );
  return client.send<IdentityView>("PUT", PATH, { provider, secret });
}

/** What is not named stays as it is. */
async function changed(before: Provider | null, options: IdentityOptions): Promise<Provider> {
  const { issuer = before?.issuer, "client-id": clientId = before?.clientId } = options;
  if (issuer === undefined || clientId === undefined)
    throw new BulkheadError("command/wrong-usage", "`identity set` needs --issuer and --client-id");
  const { scopes, everybody, url, authorities } = options;
  return {
    name: options.title ?? before?.name ?? new URL(issuer).hostname,
    issuer,
    clientId,
    scopes: scopes?.split(/[ ,]+/).filter((scope) => scope !== "") ??
      before?.scopes ?? ["openid", "profile", "email"],
    groupsClaim: options["groups-claim"] ?? before?.groupsClaim ?? "groups",
    groups: options.group?.map(groupRole) ?? before?.groups ?? [],
    everybody: everybody === undefined ? (before?.everybody ?? null) : orNone(everybody),
    domains: options.domain?.filter((domain) => domain !== "none") ?? before?.domains ?? [],
    authorities:
      authorities === undefined ? (before?.authorities ?? null) : await certificates(orNone(authorities)),
    url: url === undefined ? (before?.url ?? null) : orNone(url),
  };
}

function orNone(text: string): string | null {
  return text === "none" ? null : text;
}

/** `admins=administrator`, `web-team=editor:web,shop`. */
function groupRole(text: string): GroupRole {
  const [, group, role, scope] = /^(.+)=([a-z]+)(?::(.+))?$/.exec(text) ?? [];
  if (group === undefined || role === undefined)
    throw new BulkheadError(
      "command/wrong-usage",
      `'${text}' is no group with a role, expected one such as admins=administrator or web-team=editor:web,shop`,
    );
  return { group, role, scope: scope === undefined ? null : scope.split(",").map((name) => name.trim()) };
}

async function certificates(path: string | null): Promise<string | null> {
  if (path === null) return null;
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new BulkheadError("command/wrong-usage", `${path}: ${(error as Error).message}`, { cause: error });
  }
}

async function test(client: ApiClient, { json }: IdentityOptions, out: Output): Promise<ExitCode> {
  const endpoints = await client.get<Readonly<Record<string, string>>>(`${PATH}/endpoints`);
  await out.write(
    json
      ? `${JSON.stringify({ formatVersion: 1, ...endpoints }, null, 2)}\n`
      : columnsText(["it answers", ""], Object.entries(endpoints)),
  );
  return 0;
}

async function tell(view: IdentityView, { json }: IdentityOptions, out: Output): Promise<ExitCode> {
  if (json) await out.write(`${JSON.stringify({ formatVersion: 1, ...view }, null, 2)}\n`);
  else if (view.provider === null)
    await out.write(
      `nobody signs in at a provider; \`bulkhead identity set\` names one, and ${view.redirectUri} is what to register there\n`,
    );
  else await out.write(providerText(view.provider, view));
  return view.provider === null ? 1 : 0;
}

function providerText(provider: Provider, { hasSecret, redirectUri }: IdentityView): string {
  const { name, issuer, clientId, scopes, groupsClaim, groups, everybody, domains, authorities } = provider;
  const roles = groups.map(({ group, role, scope }) => [
    `  ${group}`,
    `${role}${scope === null ? "" : `, in ${scope.join(", ")} only`}`,
  ]);
  return columnsText(
    [name, ""],
    [
      ["issuer", issuer],
      ["client", `${clientId}, ${hasSecret ? "with a secret" : "public"}`],
      ["comes back to", redirectUri],
      ["scopes", scopes.join(" ")],
      ["groups in", groupsClaim],
      ...roles,
      ["everybody else", everybody ?? "is not let in"],
      ["domains", domains.join(", ") || "any"],
      [
        "trusted by",
        authorities === null ? "well-known authorities" : "well-known authorities and one of its own",
      ],
    ],
  );
}
