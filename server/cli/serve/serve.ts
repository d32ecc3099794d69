import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { isJournal } from "@bulkhead/terminal/service/journal.ts";
import manifest from "../../package.json" with { type: "json" };
import { DEFAULT_DATA_DIRECTORY } from "../../serve/data-directory.ts";
import type { Running } from "../../serve/options.ts";
import { serve } from "../../serve/serve.ts";

/** Beside the server's own folder in a checkout; packages put it beside the code, and the bundler knows this way of naming it. */
const DASHBOARD = resolve(fileURLToPath(new URL("../../../dashboard/dist/", import.meta.url)));

interface Given {
  readonly "data-dir": string | undefined;
  readonly listen: string;
  readonly "listen-agents": string;
  readonly name: readonly string[];
  readonly commands: string | undefined;
  readonly "log-level": string;
}

export async function startServer(given: Given, terminal: Terminal): Promise<ExitCode> {
  const dataDirectory = resolve(given["data-dir"] ?? process.env.BULKHEAD_DATA_DIR ?? DEFAULT_DATA_DIRECTORY);
  const options = {
    dataDirectory,
    api: place("listen", given.listen),
    agents: place("listen-agents", given["listen-agents"]),
    names: given.name,
    dashboard: DASHBOARD,
    commands: given.commands === undefined ? undefined : resolve(given.commands),
    logLevel: given["log-level"],
    version: manifest.version,
  };
  await serve(options, (running) => terminal.out.write(nextSteps(running, dataDirectory)));
  return 0;
}

function nextSteps(
  { apiUrl, agentsUrl, fingerprint, signIn, isNew, hasDashboard }: Running,
  directory: string,
): string {
  const at = directory === DEFAULT_DATA_DIRECTORY ? "" : ` --data-dir ${directory}`;
  const lines = [
    `Bulkhead is ready at ${apiUrl}, for agents at ${agentsUrl}`,
    `its authority is ${fingerprint}`,
    "",
    ...signInWords(signIn, at),
    ...(hasDashboard
      ? []
      : [
          `the dashboard has not been built, so there is only the API behind it: npm run build, and start again`,
        ]),
  ];
  const next = [
    "",
    "next, on this machine:",
    `  bulkhead token create${at} --labels role=web --addresses 10.0.0.0/8    a token by which hosts join`,
    `  bulkhead push policy/${at} -m "first policy"                          a draft`,
    `  bulkhead provision 1${at}                                             the draft in force on all hosts`,
    `  bulkhead hosts${at}                                                   who enforces what`,
    `  bulkhead account create${at} NAME --role administrator                a password for the next sign-in`,
  ];
  return `${[...lines, ...(isNew ? next : [])].join("\n")}\n\n`;
}

/** A link is told to a person, and not to the journal, which others read as well and which keeps it. */
function signInWords(makeLink: Running["signIn"], at: string): readonly string[] {
  if (isJournal(process.env.JOURNAL_STREAM))
    return [
      "sign in by a link, which is told once:",
      `  bulkhead account create${at} NAME --role administrator --link          for a new account`,
      `  bulkhead account link${at} NAME                                        for one that there is`,
    ];
  const link = makeLink();
  return link === undefined
    ? [`sign in with an account; \`bulkhead account link NAME${at}\` lets somebody in who cannot`]
    : ["sign in once, within the hour:", `  ${link}`];
}

function place(option: string, text: string): { readonly host: string; readonly port: number } {
  const [, host = "", port = ""] = /^(\[[0-9a-fA-F:.]+\]|[^:\s]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === "" || Number(port) > 65_535)
    throw new BulkheadError("command/wrong-usage", `--${option} is '${text}', expected HOST:PORT`);
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
