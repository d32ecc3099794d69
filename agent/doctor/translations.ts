/** Ports that are published past the input hook: translated before it, and forwarded to somebody else, such as a container. */

import { PROTOCOLS } from "@bulkhead/shared/net/service.ts";
import type { HostPolicy } from "@bulkhead/shared/rules/host-policy.ts";
import { judge } from "@bulkhead/shared/rules/judge.ts";
import type { Finding } from "./finding.ts";
import { linesWith, reachedFrom, shortened } from "./foreign-chains.ts";
import type { Picture } from "./picture.ts";

/** An address that no policy speaks of but by `any` (RFC 5737). */
const STRANGER = "192.0.2.1";
const PROTOCOL_OF: Readonly<Record<string, number>> = PROTOCOLS;

interface Published {
  readonly service: string;
  readonly protocol: number;
  readonly port: number;
  readonly to: string;
  readonly rule: string;
}

export function translations(picture: Picture): readonly Finding[] {
  const { policy, addresses, forwarding } = picture;
  const published = publishedBy(picture).filter(({ to }) => !addresses.includes(to.replace(/:\d+$/, "")));
  return [
    ...published.map((one) => findingFor(one, policy, addresses)),
    ...forwarded(picture, forwarding.ipv4 || forwarding.ipv6),
  ];
}

function findingFor(one: Published, policy: HostPolicy | undefined, addresses: readonly string[]): Finding {
  const { service, to, rule } = one;
  const isDenied = policy !== undefined && verdictFor(one, policy, addresses) === "deny";
  const by = /DOCKER/.test(rule) ? "Docker" : "somebody";
  return {
    code: "published-past-input",
    severity: isDenied ? "critical" : "info",
    what: isDenied
      ? `the policy denies ${service} from any, but ${by} publishes it past the input hook, to ${to}`
      : `${by} publishes ${service} past the input hook, to ${to}: the policy is not asked about it`,
    where: [rule],
    remedy: isDenied
      ? "Publish it on 127.0.0.1 or an inner address only (Docker: -p 127.0.0.1:PORT:PORT), or let the container's own host enforce."
      : "What is forwarded is not judged on this host.",
  };
}

function verdictFor({ protocol, port }: Published, policy: HostPolicy, addresses: readonly string[]) {
  const destination = policy.addresses.find((address) => !address.includes(":")) ?? addresses[0] ?? "0.0.0.0";
  const flow = { direction: "ingress", source: STRANGER, destination, protocol, number: port } as const;
  return judge(policy, flow).verdict;
}

/** Rules of prerouting that send a port elsewhere. */
function publishedBy({ chains }: Picture): readonly Published[] {
  const early = chains.filter(({ base }) => base?.hook === "prerouting");
  const reached = new Set(early.flatMap((chain) => [...reachedFrom(chain, chains)]));
  return [...reached].flatMap(({ table, name, rules }) =>
    rules.flatMap((text) => {
      const port = /\b(tcp|udp|sctp) dport (\d+)/.exec(text);
      const to = /\bdnat (?:ip6? )?to (\S+)/.exec(text)?.[1];
      if (port === null || to === undefined) return [];
      const [, protocol = "", number = ""] = port;
      return [
        {
          service: `${protocol}/${number}`,
          protocol: PROTOCOL_OF[protocol] ?? 0,
          port: Number(number),
          to,
          rule: `${table} ${name}: ${text}`,
        },
      ];
    }),
  );
}

/** A host that forwards for others is a way around the segments. */
function forwarded({ chains }: Picture, isOn: boolean): readonly Finding[] {
  if (!isOn) return [];
  const closed = chains.some(({ base }) => base?.hook === "forward" && base.policy === "drop");
  const flows = linesWith(chains, /\bflow (?:add|offload) @/);
  return [
    {
      code: "forwarding",
      severity: closed ? "info" : "warning",
      what: closed
        ? "this host forwards packets for others; another table decides which"
        : "this host forwards packets for others, and nobody decides which: what it passes on is not judged here",
      where: shortened(flows),
      remedy:
        "Where it is not meant to be a router, set net.ipv4.ip_forward and net.ipv6.conf.all.forwarding to 0; else let the hosts behind it enforce.",
    },
  ];
}
