/** A receiver as the options of a command name it; secrets and certificates come from files or standard input. */

import { readFileSync } from "node:fs";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";

export interface ReceiverOptions {
  readonly kind: "webhook" | "syslog" | "otlp" | "command" | undefined;
  readonly to: string | undefined;
  readonly what: string;
  readonly format: string | undefined;
  readonly severity: string | undefined;
  readonly kinds: string | undefined;
  readonly verdict: string | undefined;
  readonly segment: string | undefined;
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly "secret-file": string | undefined;
  readonly "headers-file": string | undefined;
}

/** As the API takes it. Throws `command/wrong-usage`. */
export function receiverGiven(options: ReceiverOptions): object {
  const { what, severity, kinds, verdict, segment, certificate, key } = options;
  const [secret, headers] = [options["secret-file"], options["headers-file"]];
  if (secret === "-" && headers === "-")
    throw new BulkheadError("command/wrong-usage", "only one of --secret-file and --headers-file can be -");
  return {
    target: targetGiven(options),
    what: listOf(what),
    choice: {
      ...(severity !== undefined && { severity }),
      ...(kinds !== undefined && { kinds: listOf(kinds) }),
      ...(verdict !== undefined && { verdicts: listOf(verdict) }),
      ...(segment !== undefined && { segments: listOf(segment) }),
    },
    secrets: {
      ...(secret !== undefined && { secret: textOf(secret).trim() }),
      ...(headers !== undefined && { headers: headersOf(textOf(headers)) }),
      ...(certificate !== undefined && { certificate: textOf(certificate) }),
      ...(key !== undefined && { key: textOf(key) }),
    },
  };
}

function targetGiven({ kind, to, format, ca }: ReceiverOptions): object {
  if (kind === undefined || to === undefined)
    throw new BulkheadError("command/wrong-usage", "a receiver needs --kind and --to");
  const formatted = format === undefined ? {} : { format };
  const trusting = ca === undefined ? {} : { ca: textOf(ca) };
  switch (kind) {
    case "webhook":
      return { kind, url: to, ...formatted, ...trusting };
    case "otlp":
      return { kind, url: to, ...formatted, ...trusting };
    case "command":
      return { kind, command: to, ...formatted, ...trusting };
    case "syslog":
      return { kind, ...syslogPlace(to), ...formatted, ...trusting };
  }
}

function syslogPlace(to: string): object {
  const [, transport, host = "", port] =
    /^(tls|tcp|udp):\/\/(\[[0-9a-fA-F:.]+\]|[^:/\s]+):(\d{1,5})$/.exec(to) ?? [];
  if (transport === undefined)
    throw new BulkheadError(
      "command/wrong-usage",
      `--to is '${to}', expected tls://HOST:PORT, tcp:// or udp://`,
    );
  return { transport, host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function listOf(text: string): readonly string[] {
  return text.split(",").flatMap((part) => part.trim() || []);
}

/** What is wrong with a header is told by its line: its value is a secret. */
function headersOf(text: string): Readonly<Record<string, string>> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line, at) => {
      const [, name, value] = /^([^:\s]+):\s*(.*?)\s*$/.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw new BulkheadError("command/wrong-usage", `header ${at + 1} is not 'Name: value'`);
      return [name, value];
    }),
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new BulkheadError("command/wrong-usage", `${file}: ${(error as Error).message}`, { cause: error });
  }
}
