/** What a receiver is: another system that is told of alerts, events and flows. These shapes are the API's as well. */

import { z } from "zod";
import { SEVERITIES } from "../alerts/alert-kinds.ts";
import type { StoredReceiver } from "../store/exports/receiver-store.ts";
import type { FlowPlace } from "../store/flows/closed-flows.ts";

export const WHAT = ["alerts", "events", "flows"] as const;
export const MOST_RECEIVERS = 20;

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/** By TLS, or to a program on the server's own machine. Who it is is proved by headers or a signature, never by words of the address. */
const Url = z
  .string()
  .max(2_048)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, password, hash } = new URL(text);
    const isProtected = protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
    return isProtected && username === "" && password === "" && hash === "";
  }, "expected https://HOST/PATH, or http:// on loopback, without a name, a password or a fragment");

/** PEM: whom to trust instead of this machine's authorities. */
const Authorities = z
  .string()
  .max(65_536)
  .refine(
    (text) => /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text),
    "expected certificates in PEM",
  );

const Host = z
  .string()
  .regex(/^[0-9A-Za-z]([0-9A-Za-z.:-]{0,252}[0-9A-Za-z])?$|^::1?$/, "expected a name or an address");

export const Target = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("webhook"),
    url: Url,
    ca: Authorities.optional(),
    format: z.enum(["json", "ocsf"]).default("json"),
  }),
  z.strictObject({
    kind: z.literal("syslog"),
    transport: z.enum(["tls", "tcp", "udp"]),
    host: Host,
    port: z.number().int().min(1).max(65_535),
    ca: Authorities.optional(),
    format: z.enum(["structured", "json", "ocsf"]).default("structured"),
  }),
  z.strictObject({ kind: z.literal("otlp"), url: Url, ca: Authorities.optional() }),
  z.strictObject({
    kind: z.literal("command"),
    /** One of those that the server was started with. */
    command: z.string().min(1).max(64),
    format: z.enum(["json", "ocsf"]).default("json"),
  }),
]);

const Words = z.array(z.string().min(1).max(128)).min(1).max(100);

/** What it is told of that which it is for; all that is said must hold. */
export const Choice = z.strictObject({
  /** Of alerts: as bad as this, or worse. */
  severity: z.enum(SEVERITIES).optional(),
  /** Of alerts and events. */
  kinds: Words.optional(),
  /** Of flows. */
  verdicts: z
    .array(z.enum(["allow", "would-deny", "deny"]))
    .min(1)
    .max(3)
    .optional(),
  /** Of flows: of either end. */
  segments: Words.optional(),
});

export const ReceiverSpec = z.strictObject({
  target: Target,
  what: z.array(z.enum(WHAT)).min(1).max(WHAT.length),
  choice: Choice.default({}),
});

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const OURS = /^(host|content-length|content-type|connection|transfer-encoding|bulkhead-signature)$/i;

/** Never told to anybody again. */
export const ReceiverSecrets = z.strictObject({
  /** Of a webhook: every request is signed with it. */
  secret: z.string().min(16, "expected 16 characters or more").max(256).optional(),
  /** Of a webhook or OTLP. */
  headers: z
    .record(
      z
        .string()
        .regex(HEADER_NAME)
        .refine((name) => !OURS.test(name), "this header is not for others to set"),
      z
        .string()
        .min(1)
        .max(4_096)
        .regex(/^[\x20-\x7e]*$/, "expected printable ASCII"),
    )
    .refine((headers) => Object.keys(headers).length <= 16, "expected 16 headers at most")
    .optional(),
  /** PEM, of what speaks TLS: by what it knows us. */
  certificate: z.string().max(65_536).optional(),
  key: z.string().max(65_536).optional(),
});

export type Target = z.output<typeof Target>;
export type Choice = z.output<typeof Choice>;
export type ReceiverSpec = z.output<typeof ReceiverSpec>;
export type ReceiverSecrets = z.output<typeof ReceiverSecrets>;

/** How far it was told, and what became of it. */
export interface Progress {
  /** The number of the last event that it was told, or that was not for it. */
  readonly event: number;
  readonly flows: FlowPlace;
  /** Things that were told, since it was added. */
  readonly told: number;
  /** Things that it refused although they came alone, and which were left out. */
  readonly refused: number;
  /** Events, and records of flows, that retention removed before they could be told. */
  readonly missedEvents: number;
  readonly missedRecords: number;
  readonly toldAt: number | null;
  readonly failingSince: number | null;
  /** Why the last attempt failed. */
  readonly why: string | null;
}

export type Receiver = StoredReceiver<ReceiverSpec, ReceiverSecrets, Progress>;

/** What of it makes no sense, in words; undefined where all does. */
export function receiverProblem(
  { target, what }: ReceiverSpec,
  secrets: ReceiverSecrets,
): string | undefined {
  const { kind } = target;
  const speaksHttp = kind === "webhook" || kind === "otlp";
  const speaksTls = speaksHttp || (kind === "syslog" && target.transport === "tls");
  if (kind === "command" && what.join() !== "alerts") return "a command is run for alerts alone";
  if (new Set(what).size < what.length) return "something is in `what` twice";
  if (secrets.secret !== undefined && kind !== "webhook") return "only a webhook is signed with a secret";
  if (secrets.headers !== undefined && !speaksHttp) return "only a webhook and OTLP have headers";
  if ((secrets.certificate === undefined) !== (secrets.key === undefined))
    return "a certificate and its key belong together";
  const usesTls = secrets.certificate !== undefined || ("ca" in target && target.ca !== undefined);
  if (usesTls && !speaksTls) return "only what speaks TLS has authorities and a certificate";
  return undefined;
}

/** Where it is, as it may be shown in events: an address may have a secret in its path. */
export function placeOf(target: Target): string {
  switch (target.kind) {
    case "webhook":
    case "otlp":
      return new URL(target.url).origin;
    case "syslog":
      return `${target.transport}://${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
    case "command":
      return target.command;
  }
}
