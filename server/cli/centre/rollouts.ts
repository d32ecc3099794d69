/** `provision --waves` and `rollout`. */

import { setTimeout as pause } from "node:timers/promises";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { parseSeconds } from "./labels.ts";
import {
  listText,
  type PlannedWave,
  type RolloutDetails,
  type RolloutView,
  rolloutText,
  stateText,
  wavesText,
} from "./rollout-words.ts";

export interface WaveOptions {
  readonly waves: string | undefined;
  readonly hold: string | undefined;
  readonly denials: "halt" | "report" | undefined;
  readonly "dry-run": boolean;
  /** Where it is not said: if somebody sits in front of it. */
  readonly follow: boolean | undefined;
}

export interface RolloutOptions extends ConnectionOptions {
  readonly action: "show" | "list" | "pause" | "resume" | "abort";
  readonly number: string | undefined;
  readonly follow: boolean;
}

const PATH = "/api/v1/rollouts";
const ASK_AGAIN_MILLISECONDS = 1_000;

/** 1 where it was halted or taken back while somebody looked on. Throws `command/wrong-usage`. */
export async function provisionInWaves(
  version: number,
  options: ConnectionOptions & WaveOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { json, hold, denials } = options;
  const { out } = terminal;
  const request = {
    version,
    waves: (options.waves ?? "").split(",").map((wave) => wave.trim()),
    ...(hold !== undefined && { holdSeconds: parseSeconds("hold", hold) }),
    ...(denials !== undefined && { denials }),
  };
  const client = await connectTo(options);
  if (options["dry-run"]) {
    const preview = await client.post<{ waves: PlannedWave[] }>(`${PATH}/preview`, request);
    await out.write(json ? jsonText({ version, ...preview }) : wavesText(preview.waves));
    return 0;
  }
  const begun = await client.post<RolloutDetails>(PATH, request);
  const waves = begun.waves.map(({ asked }, at) => ({
    asked,
    hosts: begun.hosts.filter(({ wave }) => wave === at).map(({ name }) => name),
  }));
  if (!json) await out.write(`rollout ${begun.number} has begun\n${wavesText(waves)}`);
  if (options.follow ?? (out.isTerminal && !json)) return follow(client, begun, { json, terminal });
  if (json) await out.write(jsonText({ rollout: begun }));
  else await out.write("`bulkhead rollout --follow` shows how it goes on\n");
  return 0;
}

export async function workOnRollouts(options: RolloutOptions, terminal: Terminal): Promise<ExitCode> {
  const { action, json } = options;
  const { out } = terminal;
  const client = await connectTo(options);
  if (action === "list") {
    const rollouts = await client.get<RolloutView[]>(PATH, { limit: 100 });
    await out.write(json ? jsonText({ rollouts }) : listText(rollouts));
    return 0;
  }
  const number = await numberOf(client, options);
  if (number === undefined) {
    await out.write(json ? jsonText({ rollout: null }) : listText([]));
    return 0;
  }
  if (action !== "show") {
    const rollout = await client.post<RolloutView>(`${PATH}/${number}/${action}`);
    if (!options.follow) {
      await out.write(json ? jsonText({ rollout }) : `${stateText(rollout, out.paint)}\n`);
      return 0;
    }
  }
  const rollout = await client.get<RolloutDetails>(`${PATH}/${number}`);
  if (options.follow) return follow(client, rollout, { json, terminal });
  await out.write(json ? jsonText({ rollout }) : rolloutText(rollout, out.paint));
  return exitCodeOf(rollout);
}

/** The one that was named; else the one that is under way, or the last one. Throws `command/wrong-usage`. */
async function numberOf(client: ApiClient, { number }: RolloutOptions): Promise<number | undefined> {
  if (number !== undefined) {
    if (/^[1-9]\d{0,8}$/.test(number)) return Number(number);
    throw new BulkheadError("command/wrong-usage", `'${number}' is no rollout, expected its number`);
  }
  const [latest] = await client.get<RolloutView[]>(PATH, { limit: 1 });
  return latest?.number;
}

interface Following {
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** A line for each change until it is over, or somebody has to decide. A server that is away is asked again: the rollout is its business. */
async function follow(
  client: ApiClient,
  begun: RolloutView,
  { json, terminal }: Following,
): Promise<ExitCode> {
  const { out, err } = terminal;
  let told = "";
  let isAway = false;
  for (;;) {
    const rollout = await asked(client, begun.number);
    if (rollout === undefined) {
      if (!isAway) await err.write("the server does not answer; it is asked again\n");
      isAway = true;
    } else {
      isAway = false;
      const words = stateText(rollout, out.paint);
      if (words !== told && !json) await out.write(`${words}\n`);
      told = words;
      if (!["running", "paused"].includes(rollout.state)) {
        if (json)
          await out.write(jsonText({ rollout: await client.get<RolloutDetails>(`${PATH}/${begun.number}`) }));
        return exitCodeOf(rollout);
      }
    }
    if (out.closed) return 0;
    await pause(ASK_AGAIN_MILLISECONDS);
  }
}

/** Undefined while the server is away. */
async function asked(client: ApiClient, number: number): Promise<RolloutView | undefined> {
  try {
    const rollouts = await client.get<RolloutView[]>(PATH, { limit: 20 });
    return (
      rollouts.find((rollout) => rollout.number === number) ??
      (await client.get<RolloutView>(`${PATH}/${number}`))
    );
  } catch (error) {
    if (!(error instanceof BulkheadError)) throw error;
    if (error.code === "server/unreachable" || error.code === "server/no-answer") return undefined;
    throw error;
  }
}

function exitCodeOf({ state }: RolloutView): ExitCode {
  return state === "halted" || state === "rolled-back" ? 1 : 0;
}

function jsonText(facts: object): string {
  return `${JSON.stringify({ formatVersion: 1, ...facts }, null, 2)}\n`;
}
