import type { Flow } from "@bulkhead/shared/rules/flow.ts";
import { serviceWord } from "@bulkhead/shared/rules/words.ts";
import { stringify } from "yaml";
import { HOST_ADDRESSES, type PolicyValue, UNITS, USERS } from "./arbitrary-policy.ts";
import type { Disagreement } from "./round.ts";

/** What was found, as the files of a golden story that can be put into test/golden/stories as they are. */
export function asStory(value: PolicyValue, found: readonly Disagreement[]): string {
  const flows = [...new Set(found.map(({ flow }) => flowLine(flow)))];
  return [
    "The kernel and evaluate() disagree:",
    ...found.map(({ complaint }) => `  ${complaint}`),
    "As a story (after mending, UPDATE_GOLDEN=1 writes the rest of it):",
    file("README.md", "Found by the property test: … (say what was wrong)\n"),
    file("policy.yaml", stringify(value)),
    file("packets.txt", `${flows.join("\n")}\n`),
    file("facts.yaml", stringify({ users: USERS, running: [...UNITS, "none.service"] })),
  ].join("\n");
}

function file(name: string, text: string): string {
  return `--- ${name}\n${text}`;
}

function flowLine(flow: Flow): string {
  const { protocol, number, unit, user } = flow;
  const process = [unit, user === undefined ? undefined : `user ${user}`]
    .filter((part) => part !== undefined)
    .join(", ");
  return `${endText(flow.source)}${process && `(${process})`} -> ${endText(flow.destination)}${flow.listener ? `(${flow.listener})` : ""} ${serviceWord(protocol, number)}`;
}

function endText(address: string): string {
  const host = Object.entries(HOST_ADDRESSES).find(([, addresses]) =>
    (addresses as readonly string[]).includes(address),
  );
  return host ? `${host[0]}[${address}]` : address;
}
