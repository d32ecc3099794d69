import { fstatSync } from "node:fs";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { parseServiceExpression } from "@bulkhead/shared/net/service.ts";
import { type Answer, Asker } from "@bulkhead/shared/rules/query.ts";
import type { Question } from "@bulkhead/shared/rules/question.ts";
import type { ResolvedPolicy } from "@bulkhead/shared/rules/resolve.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { connectTo } from "../centre/connection.ts";
import { type FlowView, flowsText } from "../centre/flows.ts";
import { servedPolicy } from "../centre/served-policy.ts";
import { loadPolicy } from "../load-policy.ts";
import { answerJson, evaluationLine } from "./json.ts";
import { readQuestion } from "./question.ts";
import { answerStream } from "./stream.ts";
import { answerText } from "./text.ts";
import { underWay, underWayText } from "./under-way.ts";

interface Given extends Partial<Record<"from" | "to" | "service" | "unit" | "user", string | undefined>> {
  readonly path: readonly string[];
  readonly json: boolean;
  readonly stdin: boolean;
  readonly "data-dir": string | undefined;
  readonly server: string | undefined;
}

const SEEN_MILLISECONDS = 24 * 3_600_000;
const SEEN = 10;

export async function explain(given: Given, terminal: Terminal): Promise<ExitCode> {
  if (isForServer(given)) return explainServed(given, terminal);
  const question = given.stdin ? undefined : questionOf(given);
  if (question === undefined) refuseBesideStdin(given);
  const resolved = await loadPolicy(given.path, terminal);
  if (question === undefined) return explainStream(resolved, terminal);
  const answer = new Asker(resolved).ask(question);
  const text = given.json
    ? answerJson(question, answer)
    : answerText({ question, answer, resolved }, terminal.out.paint);
  await terminal.out.write(text);
  return getsThrough(answer) ? 0 : 1;
}

/** `explain A B SERVICE`: no files, but three words. */
function isForServer({ path, stdin, from, to, service }: Given): boolean {
  return path.length === 3 && !stdin && from === undefined && to === undefined && service === undefined;
}

/** By the active policy, and beside it which hosts follow another version already, and what was seen in the last day. */
async function explainServed(given: Given, terminal: Terminal): Promise<ExitCode> {
  const [from = "", to = "", service = ""] = given.path;
  const client = await connectTo(given);
  const resolved = await servedPolicy(client);
  const question = questionOf({ ...given, from, to, service });
  const answer = new Asker(resolved).ask(question);
  const { flows } = await client.get<{ flows: FlowView[] }>("/api/v1/flows", {
    since: Date.now() - SEEN_MILLISECONDS,
    from,
    to,
    ...(isExpression(service) && { service }),
    limit: SEEN,
  });
  const moving = await underWay(client, resolved, question);
  const { out } = terminal;
  if (given.json) {
    const facts = { ...JSON.parse(answerJson(question, answer)), seen: flows, underWay: moving ?? null };
    await out.write(`${JSON.stringify(facts, null, 2)}\n`);
  } else {
    await out.write(answerText({ question, answer, resolved }, out.paint));
    if (moving !== undefined) await out.write(underWayText(moving));
    await out.write(
      flows.length === 0
        ? "\nnothing like it was seen in the last day\n"
        : `\nseen in the last day:\n${flowsText(flows, out.paint)}`,
    );
  }
  return getsThrough(answer) ? 0 : 1;
}

/** A service that the policy names is known to the policy alone. */
function isExpression(service: string): boolean {
  const read = parseServiceExpression(service);
  return read === "all" || !("problem" in read);
}

/** A flow gets through if no judgement denies it; where an end has no member there is no flow. */
function getsThrough({ verdict, outcomes }: Answer): boolean {
  return outcomes.length > 0 && verdict !== "deny";
}

async function explainStream(resolved: ResolvedPolicy, { out }: Terminal): Promise<ExitCode> {
  const asker = new Asker(resolved);
  // Node takes a folder for an empty stream, and no answer to no question would look like success.
  if (fstatSync(0).isDirectory())
    throw new BulkheadError(
      "command/input-failed",
      "the questions could not be read: standard input is a folder",
    );
  return answerStream(process.stdin, out, (line) => evaluationLine(asker.evaluate(readQuestion(line))));
}

function questionOf({ from, to, service, unit, user }: Given): Question {
  if (from === undefined || to === undefined || service === undefined)
    throw wrongUsage("a question needs --from, --to and --service; or --stdin for many questions");
  return { from, to, service, ...(unit !== undefined && { unit }), ...(user !== undefined && { user }) };
}

function refuseBesideStdin(given: Given): void {
  for (const option of ["from", "to", "service", "unit", "user"] as const)
    if (given[option] !== undefined) throw wrongUsage(`--stdin and --${option} exclude each other`);
  if (given.json)
    throw wrongUsage("--stdin and --json exclude each other: answers to a stream are JSON always");
}

function wrongUsage(message: string): BulkheadError {
  return new BulkheadError("command/wrong-usage", message, { remedy: "Run 'bulkhead explain --help'." });
}
