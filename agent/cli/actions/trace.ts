import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import { formatAddress, parseAddress } from "@bulkhead/shared/net/address.ts";
import { parseServiceExpression } from "@bulkhead/shared/net/service.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { judge } from "@bulkhead/shared/rules/judge.ts";
import type { Judgement } from "@bulkhead/shared/rules/judgement.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import type { PacketPath } from "../../trace/packet-path.ts";
import type { TracedService, TraceQuestion } from "../../trace/question.ts";
import { trace } from "../../trace/trace.ts";
import { looking, type SessionOptions } from "../session.ts";
import { listenForSignals } from "../signals.ts";
import { packetText } from "../words/packets.ts";
import { wrongValue } from "../wrong-value.ts";

export interface TraceCommandOptions extends SessionOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly to: string | undefined;
  readonly from: string | undefined;
  readonly service: string | undefined;
  readonly for: number;
  readonly count: number;
}

export async function tracePackets(options: TraceCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { out, err } = terminal;
  const question = questionOf(options);
  using signals = listenForSignals();
  let seen = 0;
  const { unread } = await looking(options, async (situation, { kernel }) => {
    const policy = (situation.trial?.generation ?? situation.held)?.policy;
    return trace({
      question,
      nft: kernel.nft,
      signal: signals.signal,
      ready: async () => {
        if (!options.quiet) await err.write(`tracing for ${question.seconds} s, Ctrl-C ends it\n`);
      },
      each: async (path) => {
        seen += 1;
        const said = policy && saidOf(policy, question, path);
        const facts = { ...path, policy: said ?? null };
        await out.write(options.json ? `${JSON.stringify(facts)}\n` : packetText(path, said, out.paint));
        return seen < options.count && !out.closed;
      },
    });
  });
  if (unread > 0 && !options.quiet) await err.write(`${unread} packets came too fast to be shown\n`);
  if (seen === 0 && !options.quiet) await err.write("no such packet came by\n");
  return seen === 0 ? 1 : 0;
}

function questionOf({ to, from, service, for: seconds }: TraceCommandOptions): TraceQuestion {
  if ((to === undefined) === (from === undefined))
    throw wrongValue(to === undefined ? "to" : "from", to ?? "", "either --to or --from, and not both");
  const text = to ?? from ?? "";
  const address = parseAddress(text);
  if (address === undefined) throw wrongValue(to === undefined ? "from" : "to", text, "an address");
  const direction = to === undefined ? "ingress" : "egress";
  return {
    direction,
    peer: formatAddress(address),
    service: service === undefined ? undefined : serviceOf(service),
    seconds,
  };
}

function serviceOf(text: string): TracedService {
  const service = parseServiceExpression(text);
  if (typeof service === "object" && !("problem" in service)) {
    const [term, ...more] = service;
    if (term !== undefined && more.length === 0) return { protocol: term.protocol, number: term.low, text };
  }
  throw wrongValue("service", text, "a single service such as tcp/443");
}

/** What the policy says of the connection that a packet belongs to, whichever way the packet goes. */
function saidOf(
  policy: HostPolicy,
  { direction, peer, service }: TraceQuestion,
  { source, destination, transport }: PacketPath,
): Judgement | undefined {
  const own = source === peer ? destination : source;
  const asked =
    service ?? serviceIn(transport, source === peer ? direction === "ingress" : direction === "egress");
  if (asked === undefined) return undefined;
  const ends =
    direction === "ingress" ? { source: peer, destination: own } : { source: own, destination: peer };
  return judge(policy, {
    direction,
    ...ends,
    protocol: asked.protocol,
    number: asked.number,
    now: Date.now(),
  });
}

/** `tcp 48600 -> 443`, of which the one or the other is the service, as the packet goes the connection's way or back. */
function serviceIn(transport: string, isForward: boolean): TracedService | undefined {
  const [, protocol = "", from = "", to = ""] = /^(\w+) (\d+) -> (\d+)$/.exec(transport) ?? [];
  const text = `${protocol}/${isForward ? to : from}`;
  return protocol === "" ? undefined : serviceOf(text);
}
