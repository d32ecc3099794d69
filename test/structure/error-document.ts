/** `docs/errors.md`, made from the catalogue. */

import { catalogue } from "@bulkhead/shared/errors/catalogue.ts";
import type { CatalogueEntry, Severity } from "@bulkhead/shared/errors/error.ts";

const ROOMS: Readonly<Record<string, string>> = {
  policy: "In a policy's text",
  command: "On the command line",
  kernel: "In the kernel",
  apply: "While applying a policy",
  daemon: "About the daemon",
  link: "On the way to the server",
  server: "About the server, and speaking with it",
};

const SEVERITIES: Readonly<Record<Severity, string>> = {
  warning: "warning",
  error: "error, exit code 2",
  fatal: "could not run, exit code 3",
};

export function errorDocument(entries: Readonly<Record<string, CatalogueEntry>> = catalogue): string {
  const sections = Object.entries(ROOMS).map(([room, title]) => {
    const codes = Object.entries(entries).filter(([code]) => code.startsWith(`${room}/`));
    return `## ${title}\n\n${codes.map(([code, entry]) => paragraph(code, entry)).join("\n")}`;
  });
  return `# Errors

Every error and warning that \`bulkhead\` and \`bulkhead-agent\` report ends with its code in square brackets. This list is made from the catalogue in
\`shared/errors/\` by \`UPDATE_GOLDEN=1 packaging/pinned-node node_modules/vitest/vitest.mjs run test/structure\`; a test holds it to be complete.

${sections.join("\n")}`;
}

function paragraph(code: string, { title, severity, remedy }: CatalogueEntry): string {
  return `### ${code}\n**${title}** (${SEVERITIES[severity]})  \n${remedy}\n`;
}
