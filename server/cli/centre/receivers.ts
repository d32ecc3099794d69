import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { parseSeconds } from "./labels.ts";
import { type ReceiverOptions, receiverGiven } from "./receiver-given.ts";
import { type ReceiverView, receiversText, receiverText } from "./receiver-words.ts";

export interface WorkOptions extends ConnectionOptions, ReceiverOptions {
  readonly action: "list" | "show" | "add" | "change" | "test" | "pause" | "resume" | "remove";
  readonly name: string | undefined;
  readonly since: string | undefined;
}

const PATH = "/api/v1/receivers";

export async function workOnReceivers(options: WorkOptions, { out }: Terminal): Promise<ExitCode> {
  const { action, name, json } = options;
  const client = await connectTo(options);
  if (action === "list") {
    const receivers = await client.get<ReceiverView[]>(PATH);
    await out.write(json ? jsonText({ receivers }) : receiversText(receivers));
    return receivers.some(({ state }) => state === "failing") ? 1 : 0;
  }
  if (name === undefined)
    throw new BulkheadError("command/wrong-usage", `\`receiver ${action}\` needs a name`);
  if (action === "test") {
    const tried = await client.post<Tried>(`${pathOf(name)}/test`, {});
    await out.write(
      json
        ? jsonText(tried)
        : tried.delivered
          ? `${name} took it\n`
          : `${name} did not take it: ${tried.why}\n`,
    );
    return tried.delivered ? 0 : 1;
  }
  if (action === "remove") {
    await client.send("DELETE", pathOf(name));
    await out.write(json ? jsonText({ removed: true }) : `${name} is told nothing any more\n`);
    return 0;
  }
  const receiver = await changed(client, options, name);
  await out.write(json ? jsonText({ receiver }) : receiverText(receiver));
  return action === "show" && receiver.state === "failing" ? 1 : 0;
}

interface Tried {
  readonly delivered: boolean;
  readonly why: string | null;
}

function changed(client: ApiClient, options: WorkOptions, name: string): Promise<ReceiverView> {
  switch (options.action) {
    case "add": {
      const { since } = options;
      const from = since === undefined ? {} : { since: Date.now() - parseSeconds("since", since) * 1000 };
      return client.post(PATH, { name, ...receiverGiven(options), ...from });
    }
    case "change":
      return client.send("PUT", pathOf(name), receiverGiven(options));
    case "pause":
    case "resume":
      return client.post(`${pathOf(name)}/${options.action}`, {});
    default:
      return client.get(pathOf(name));
  }
}

function pathOf(name: string): string {
  return `${PATH}/${encodeURIComponent(name)}`;
}

function jsonText(facts: object): string {
  return `${JSON.stringify({ formatVersion: 1, ...facts }, null, 2)}\n`;
}
