import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const EXAMPLE_POLICY = fileURLToPath(new URL("policy", import.meta.url));
/** The example's rule that is soonest understood. */
const EXAMPLE_CUT = "reports";
const FEWEST_HOSTS = 7;
const MOST_HOSTS = 40;

export interface LabOptions {
  readonly kind: "lab";
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

export interface ExecOptions {
  readonly kind: "exec";
  readonly host: string;
  readonly command: readonly string[];
}

export const HELP = `npm start [-- OPTIONS]            builds the lab, shows a policy at work, and on a terminal stays up until Ctrl-C
npm start -- exec HOST COMMAND…   runs a command on a host of the lab that is up in another terminal

The lab is an estate of Linux hosts on this machine: network namespaces with IPv4 and IPv6, real services and real connections. Every host enforces its part of
one policy with the real bulkhead-agent, in its own kernel namespace. Nothing outside of them is touched, and nothing is left behind.

  --policy PATH   a policy of yours instead of the example (test/lab/policy); the lab builds the hosts that it names
  --hosts N       the example with N hosts (${FEWEST_HOSTS} to ${MOST_HOSTS}) instead of ${FEWEST_HOSTS}
  --cut RULE      the rule that is taken out of the policy to show that an open session stops
  --once          ends when all is shown, also on a terminal
  --stay          stays up until it is interrupted, also without a terminal
  --unprivileged  works through user namespaces even as root, as it does without root
  --json          prints what was promised and measured as JSON, and the talk to standard error
  --help          this text

Exit codes: 0 everything did what the policy says; 1 something did not; 2 wrong usage or an invalid policy; 3 the lab could not be built.
`;

/** What was asked for; HELP itself, or a TypeError with what was wrong. */
export function readOptions(argv: readonly string[], isTerminal: boolean): LabOptions | ExecOptions | string {
  if (argv[0] === "exec") return execOptions(argv.slice(1));
  const { values } = parseArgs({
    args: [...argv],
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
  return {
    kind: "lab",
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

function execOptions([host, ...command]: readonly string[]): ExecOptions {
  if (host === undefined || command.length === 0) throw new TypeError("exec takes a host and a command");
  return { kind: "exec", host, command: command[0] === "--" ? command.slice(1) : command };
}
