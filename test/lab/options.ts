import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const EXAMPLE_POLICY = fileURLToPath(new URL("policy", import.meta.url));
/** The example's rule that is soonest understood. */
const EXAMPLE_CUT = "reports";
const FEWEST_HOSTS = 7;
const MOST_HOSTS = 40;

export interface LabOptions {
  /** The shop that one looks around in, or the lab that proves a policy. */
  readonly kind: "tour" | "lab";
  /** A file or folder. */
  readonly policy: string;
  readonly hosts: number | undefined;
  /** The rule that the change takes out; the lab chooses one where it is not said. */
  readonly cut: string | undefined;
  /** Whether the lab stays up when all is shown, until Ctrl-C. */
  readonly stays: boolean;
  readonly json: boolean;
  readonly unprivileged: boolean;
}

export interface BreakOptions {
  readonly kind: "break";
  /** The process id of the one that is meant, where several are up. */
  readonly lab: number | undefined;
  /** What to break; undefined: only say what there is. */
  readonly fault: string | undefined;
}

export interface ExecOptions {
  readonly kind: "exec";
  readonly lab: number | undefined;
  readonly host: string;
  readonly command: readonly string[];
}

export const HELP = `npm start [-- OPTIONS]            opens a small shop with an intruder in it; on a terminal it stays open until Ctrl-C
npm start -- break [FAULT]        in another terminal: breaks something in what is up, and measures what that did; without FAULT, lists them
npm start -- exec HOST COMMAND…   in another terminal: runs a command on a host of what is up
npm start -- prove [OPTIONS]      the lab: every connection of a policy, promised beside measured, and an open session that loses its permission

Shop and lab are estates of Linux hosts on this machine: network namespaces with IPv4 and IPv6, real services and real connections. Every host enforces its part of
one policy with the real bulkhead-agent, in its own kernel namespace. Nothing outside of them is touched, and nothing is left behind.

  --once          ends when all is shown, also on a terminal: what a visitor would do is done by itself
  --stay          stays up until it is interrupted, also without a terminal
  --unprivileged  works through user namespaces even as root, as it does without root
  --lab PID       break, exec: which one, where several are up
  --help          this text

Of the lab (any of these means prove):
  --policy PATH   a policy of yours instead of the example (test/lab/policy); the lab builds the hosts that it names
  --hosts N       the example with N hosts (${FEWEST_HOSTS} to ${MOST_HOSTS}) instead of ${FEWEST_HOSTS}
  --cut RULE      the rule that is taken out of the policy to show that an open session stops
  --json          prints what was promised and measured as JSON, and the talk to standard error

Exit codes: 0 everything did what the policy says; 1 something did not; 2 wrong usage or an invalid policy; 3 it could not be built, or nothing is up.
`;

/** What was asked for; HELP itself, or a TypeError with what was wrong. */
export function readOptions(
  argv: readonly string[],
  isTerminal: boolean,
): LabOptions | ExecOptions | BreakOptions | string {
  const [action, ...rest] = argv;
  if (action === "exec") return execOptions(rest);
  if (action === "break") return breakOptions(rest);
  const { values } = parseArgs({
    args: action === "prove" ? rest : [...argv],
    options: {
      policy: { type: "string" },
      hosts: { type: "string" },
      cut: { type: "string" },
      once: { type: "boolean", default: false },
      stay: { type: "boolean", default: false },
      unprivileged: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return HELP;
  if (values.hosts !== undefined && values.policy !== undefined)
    throw new TypeError("--hosts is for the example policy; your own policy says which hosts there are");
  const isOfLab = [values.policy, values.hosts, values.cut].some((value) => value !== undefined);
  return {
    kind: action === "prove" || isOfLab || values.json ? "lab" : "tour",
    policy: values.policy ?? EXAMPLE_POLICY,
    hosts: values.hosts === undefined ? undefined : numberOfHosts(values.hosts),
    cut: values.cut ?? (values.policy === undefined ? EXAMPLE_CUT : undefined),
    stays: values.stay || (isTerminal && !values.once && !values.json),
    json: values.json,
    unprivileged: values.unprivileged,
  };
}

function numberOfHosts(text: string): number {
  const hosts = Number(text);
  if (Number.isInteger(hosts) && hosts >= FEWEST_HOSTS && hosts <= MOST_HOSTS) return hosts;
  throw new TypeError(`--hosts takes a number from ${FEWEST_HOSTS} to ${MOST_HOSTS}, not '${text}'`);
}

function execOptions(argv: readonly string[]): ExecOptions {
  const { lab, rest } = whichLab(argv);
  const [host, ...command] = rest;
  if (host === undefined || command.length === 0) throw new TypeError("exec takes a host and a command");
  return { kind: "exec", lab, host, command: command[0] === "--" ? command.slice(1) : command };
}

function breakOptions(argv: readonly string[]): BreakOptions | string {
  const { lab, rest } = whichLab(argv);
  const [fault, ...more] = rest;
  if (fault === "--help" || fault === "-h") return HELP;
  if (more.length > 0 || fault?.startsWith("-")) throw new TypeError("break takes the name of one fault");
  return { kind: "break", lab, fault };
}

/** `--lab PID` stands before all else: what follows belongs to the command. */
function whichLab(argv: readonly string[]): {
  readonly lab: number | undefined;
  readonly rest: readonly string[];
} {
  if (argv[0] !== "--lab") return { lab: undefined, rest: argv };
  const lab = Number(argv[1]);
  if (!Number.isInteger(lab) || lab < 1) throw new TypeError("--lab takes the process id of what is up");
  return { lab, rest: argv.slice(2) };
}
