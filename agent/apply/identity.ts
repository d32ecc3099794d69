/** Which of the policy's hosts this machine is. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { nearest } from "@bulkhead/shared/policy/suggest.ts";

export interface Machine {
  readonly name: string;
  /** Canonical, without loopback. */
  readonly addresses: readonly string[];
}

/** As much of a policy's host as is needed to recognise it. */
export interface Candidate {
  readonly name: string;
  readonly addresses: readonly string[];
}

/**
 * The host that `as` names; else the one with this machine's name, with or without its domain; else the one with one of its addresses.
 * Throws `command/unknown-host`, `apply/host-not-found` or `apply/host-ambiguous`, each with the candidates.
 */
export function chooseHost(machine: Machine, hosts: readonly Candidate[], as: string | undefined): string {
  const names = hosts.map(({ name }) => name);
  if (as !== undefined) return named(as, names);
  const short = machine.name.split(".")[0] ?? "";
  const byName = [machine.name, short].find((name) => names.includes(name));
  if (byName !== undefined) return byName;
  const byAddress = hosts
    .filter(({ addresses }) => sharesAddress(machine, addresses))
    .map(({ name }) => name);
  const [first, second] = byAddress;
  if (first === undefined) throw notFound(machine, names);
  if (second !== undefined)
    throw new BulkheadError(
      "apply/host-ambiguous",
      `this machine, ${machine.name}, has addresses of several hosts of the policy: ${listed(byAddress)}`,
      { remedy: `Name the one that it is with --as: ${listed(byAddress)}.` },
    );
  return first;
}

/** Whether the machine has any of these addresses: where it has none, its host's rules may not fit it. */
export function sharesAddress(machine: Machine, addresses: readonly string[]): boolean {
  return addresses.some((address) => machine.addresses.includes(address));
}

function named(as: string, names: readonly string[]): string {
  if (names.includes(as)) return as;
  const near = nearest(as, names);
  const suggestion = near === undefined ? "" : `Did you mean '${near}'? `;
  throw new BulkheadError("command/unknown-host", `the policy knows no host '${as}'`, {
    remedy: `${suggestion}The policy's hosts are ${listed(names)}.`,
  });
}

function notFound(machine: Machine, names: readonly string[]): BulkheadError {
  const addresses = machine.addresses.length === 0 ? "no addresses" : machine.addresses.join(", ");
  const remedy = names.length === 0 ? "The policy has no `hosts`; add this machine to them." : undefined;
  return new BulkheadError(
    "apply/host-not-found",
    `this machine, ${machine.name} (${addresses}), is none of the policy's hosts`,
    { remedy: remedy ?? `Name the host that it is with --as: ${listed(names)}.` },
  );
}

const SHOWN = 12;

function listed(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return `${names.slice(0, SHOWN).join(", ")}${more}`;
}
