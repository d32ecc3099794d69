import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { type ConnectionOptions, connectTo } from "./connection.ts";
import { momentText } from "./words.ts";

export interface TrialView {
  readonly version: number;
  readonly before: number;
  readonly by: string;
  readonly beganAt: number;
  readonly endsAt: number;
  readonly secondsLeft: number;
}

const PATH = "/api/v1/trial";

/** Puts a version in force for so many seconds. */
export async function beginTrial(
  number: number,
  seconds: number,
  { options, out }: { readonly options: ConnectionOptions; readonly out: Terminal["out"] },
): Promise<ExitCode> {
  const client = await connectTo(options);
  const trial = await client.post<TrialView>(`/api/v1/policies/${number}/trial`, { seconds });
  const { version, before, secondsLeft, endsAt } = trial;
  const words = `version ${version} is on trial for ${spanText(secondsLeft)}: at ${momentText(endsAt)} every host's kernel goes back to version ${before} by itself\n\`bulkhead confirm\` keeps it, \`bulkhead trial end\` goes back now\n`;
  await out.write(options.json ? jsonText(trial) : words);
  return 0;
}

export async function confirmTrial(options: ConnectionOptions, { out }: Terminal): Promise<ExitCode> {
  const client = await connectTo(options);
  const trial = await client.post<TrialView>(`${PATH}/confirm`);
  const words = `version ${trial.version} is kept for good, ${spanText(trial.secondsLeft)} before it would have gone back\n`;
  await out.write(options.json ? jsonText(trial) : words);
  return 0;
}

export interface TrialOptions extends ConnectionOptions {
  readonly action: "show" | "end";
}

export async function workOnTrial(options: TrialOptions, { out }: Terminal): Promise<ExitCode> {
  const client = await connectTo(options);
  const { action, json } = options;
  const trial =
    action === "end" ? await client.post<TrialView>(`${PATH}/end`) : await client.get<TrialView | null>(PATH);
  if (json) await out.write(jsonText(trial));
  else if (trial === null) await out.write("no version is on trial\n");
  else if (action === "end")
    await out.write(
      `the trial of version ${trial.version} is over: version ${trial.before} is active again\n`,
    );
  else
    await out.write(
      `version ${trial.version} is on trial by ${printable(trial.by)}: it goes back to version ${trial.before} in ${spanText(trial.secondsLeft)} unless \`bulkhead confirm\` keeps it\n`,
    );
  return trial === null ? 1 : 0;
}

function jsonText(trial: TrialView | null): string {
  return `${JSON.stringify({ formatVersion: 1, trial }, null, 2)}\n`;
}

/** `9 min 58 s`. */
function spanText(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const parts = [
    [hours, "h"],
    [minutes, "min"],
    [rest, "s"],
  ] as const;
  const shown = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return shown.length === 0 ? "0 s" : shown.join(" ");
}
