/** Policies as people would keep them, for the benchmarks in which a daemon follows them. */

/** One host, `bench`, and rules from single addresses to it; more of them, one a line. */
export function benchPolicy(addresses: readonly string[], rules: readonly string[]): string {
  return [
    "hosts:",
    `  bench: { addresses: [${addresses.join(", ")}], labels: { role: bench } }`,
    "segments:",
    '  bench: { select: "role=bench" }',
    rulesText(rules),
  ].join("\n");
}

export function rulesText(rules: readonly string[]): string {
  return `rules:\n${rules.map((rule) => `  - ${rule}\n`).join("")}`;
}
