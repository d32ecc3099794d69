/** What a host is, for people. */

import { printable } from "@bulkhead/shared/errors/printable.ts";
import type { Paint } from "@bulkhead/terminal/colour.ts";
import type { Inventory, ListeningService } from "../../inventory/inventory.ts";

const GIBIBYTE = 2 ** 30;

export function inventoryText(inventory: Inventory, paint: Paint): string {
  const { machine, system, cloud, interfaces, listening } = inventory;
  const facts: readonly (readonly [string, string])[] = [
    ["host", machine.hostname],
    ["system", `${system.distribution} ${system.release}, Linux ${system.kernel}, ${system.architecture}`],
    ["machine", machineWords(machine)],
    ["cloud", cloud === undefined ? "none that its firmware tells of" : cloudWords(cloud)],
    ...interfaces.map(({ name, state, addresses }, at): readonly [string, string] => [
      at === 0 ? "interfaces" : "",
      `${name} ${state}: ${addresses.join(", ") || "no address"}`,
    ]),
  ];
  const lines = facts.map(([name, words]) => `${paint("faint", name.padEnd(12))}${printable(words)}\n`);
  return `${lines.join("")}${listeningText(listening)}`;
}

function machineWords({
  manufacturer,
  model,
  processor,
  cores,
  memoryBytes,
  virtual,
  hypervisor,
}: Inventory["machine"]) {
  const made = [manufacturer, model].filter(Boolean).join(" ") || "unknown";
  const guest = virtual ? `, a guest${hypervisor === "" ? "" : ` of ${hypervisor}`}` : "";
  return `${made}${guest}; ${cores} x ${processor || "unknown"}, ${(memoryBytes / GIBIBYTE).toFixed(1)} GiB`;
}

function cloudWords({ provider, instance }: NonNullable<Inventory["cloud"]>): string {
  return instance === undefined ? provider : `${provider}, instance ${instance}`;
}

function listeningText(listening: readonly ListeningService[]): string {
  if (listening.length === 0) return "nothing listens here\n";
  const rows = listening.map(({ service, address, unit, account }) => [
    service,
    address || "any",
    unit ?? "-",
    account,
  ]);
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  const lines = rows.map(
    (row) => `  ${row.map((cell, at) => printable(cell).padEnd(widths[at] ?? 0)).join("  ")}`,
  );
  return `listening, with the unit and the account:\n${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
