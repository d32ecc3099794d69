import { hex, interval } from "./match-text.ts";
import type { LogTarget, Statement } from "./ruleset.ts";

/** One statement in nft's language. */
export function renderStatement(statement: Statement): string {
  switch (statement.kind) {
    case "counter":
      return "counter";
    case "log":
      return `limit rate ${RATES[statement.target.to]} packets log prefix "${statement.prefix}"${logTarget(statement.target)}`;
    case "stamp": {
      const { mask, value } = statement.stamp;
      return `ct mark set ct mark & ${hex(~mask >>> 0)} | ${hex(value)}`;
    }
    case "dispatch": {
      const entries = statement.entries.map(
        ({ low, high, chain }) => `${interval(low, high)} : jump ${chain}`,
      );
      return `ct original proto-dst vmap { ${entries.join(", ")} }`;
    }
    case "unless-overtaken": {
      const { verdict } = statement;
      const words = typeof verdict === "string" ? verdict : `goto ${verdict.goto}`;
      return `meta nfproto vmap { ipv4 : ${words}, ipv6 : ${words} }`;
    }
    case "jump":
      return `jump ${statement.chain}`;
    case "goto":
      return `goto ${statement.chain}`;
    case "reject":
      return statement.how === "reset" ? "reject with tcp reset" : "reject with icmpx admin-prohibited";
    case "accept":
    case "drop":
    case "continue":
      return statement.kind;
  }
}

/** People read the kernel's log; a group's listener counts, and what is beyond this rate it knows from the rule's counter. */
const RATES = { kernel: "5/second burst 10", nflog: "2000/second burst 5000" } as const;

/** Enough of a packet to know its flow. */
const SNAPLEN = 128;

function logTarget(target: Exclude<LogTarget, { to: "nowhere" }>): string {
  return target.to === "kernel" ? "" : ` group ${target.group} snaplen ${SNAPLEN}`;
}
