/** Connections that lose their permission, named so that an administrator recognises them. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import { serviceWord } from "@bulkhead/shared/rules/words.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { NamedCut } from "../../apply/sessions.ts";

const SHOWN = 10;

/** A heading with the number, then the first few. Nothing where there are none. */
export function cutsText(
  cuts: readonly NamedCut[],
  heading: (count: string) => string,
  paint: Paint,
): string {
  if (cuts.length === 0) return "";
  const count = cuts.length === 1 ? "1 connection" : `${cuts.length} connections`;
  const more = cuts.length > SHOWN ? `    and ${cuts.length - SHOWN} more\n` : "";
  const lines = cuts.slice(0, SHOWN).map((cut) => `    ${cutText(cut, paint)}\n`);
  return `  ${paint("bad", heading(count))}:\n${lines.join("")}${more}`;
}

function cutText(cut: NamedCut, paint: Paint): string {
  const { connection, judgement, ssh } = cut;
  const warning = ssh === undefined ? "" : `${paint("bad", sshWords(ssh))} `;
  return `${warning}${printable(`${flowWords(connection)}${behind(cut)}: ${judgement.why}`)}`;
}

export function sshWords({ own, login }: NonNullable<NamedCut["ssh"]>): string {
  const who = login === undefined ? "" : ` of ${printable(login)}`;
  return own ? `YOUR SSH session${who}` : `SSH session${who}`;
}

/** `tcp/22 10.9.0.5:51234 -> 10.0.0.11:22`; IPv6 addresses in brackets. */
export function flowWords({
  protocol,
  source,
  sourcePort,
  destination,
  service,
}: NamedCut["connection"]): string {
  const name = serviceWord(protocol, service);
  if (!/^(?:tcp|udp|sctp)\//.test(name)) return `${name} ${source} -> ${destination}`;
  return `${name.split("/")[0]} ${end(source, sourcePort)} -> ${end(destination, service)}`;
}

function end(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function behind({ program, unit, user }: NamedCut): string {
  const parts = [program, unit, user].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** A cut as it stands in JSON. */
export function cutFacts({ connection, judgement, program, unit, user, ssh }: NamedCut): object {
  const { direction, protocol, source, sourcePort, destination, service, tracked } = connection;
  const { rule, why } = judgement;
  return {
    direction,
    service: serviceWord(protocol, service),
    source,
    sourcePort,
    destination,
    tracked,
    rule,
    why,
    program: program ?? null,
    unit: unit ?? null,
    user: user ?? null,
    ssh: ssh ?? null,
  };
}
