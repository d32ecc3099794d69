/** packaging/ansible and packaging/cloud-init: their form, and that what they run is what our commands take. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { joinCommand } from "@bulkhead/shared/protocol/join-command.ts";
import type { ProgramSpec } from "@bulkhead/terminal/parser.ts";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { PROGRAM as AGENT } from "../../agent/cli/program.ts";
import { PROGRAM as OPERATOR } from "../../server/cli/program.ts";
import { CHECKOUT } from "../estate/place.ts";
import { filesBelow, has, run } from "./built.ts";

const PROGRAMS: Readonly<Record<string, ProgramSpec>> = { bulkhead: OPERATOR, "bulkhead-agent": AGENT };
const ANSIBLE = join(CHECKOUT, "packaging/ansible");

function documentIn(path: string): unknown {
  const [document, ...more] = parseAllDocuments(readFileSync(path, "utf8"));
  if (document === undefined || more.length > 0) throw new Error(`${path} is not one document`);
  expect([path, document.errors, document.warnings]).toEqual([path, [], []]);
  return document.toJS();
}

/** Every list under the key `argv`, wherever it is. */
function commandsIn(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === "argv" ? [inner] : commandsIn(inner)));
}

/** What our own definition of the command says against a line; empty where it would be taken. */
function problemsOf([name = "", ...words]: readonly string[]): readonly string[] {
  const command = PROGRAMS[name]?.commands.find((one) => one.name === words[0]);
  if (command === undefined) return [`no command: ${name} ${words[0]}`];
  const problems: string[] = [];
  const plain: string[] = [];
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? "";
    const option = word.startsWith("--") ? command.options[word.slice(2)] : undefined;
    if (!word.startsWith("--")) plain.push(word);
    else if (option === undefined) problems.push(`no option: ${word}`);
    else if (option.type !== "boolean" && (words[++at] ?? "--").startsWith("--"))
      problems.push(`no value: ${word}`);
  }
  const places = Object.values(command.positionals);
  if (plain.length > places.length) problems.push(`too many words: ${plain.join(" ")}`);
  for (const [at, { choices }] of places.entries()) {
    const word = plain[at];
    if (word !== undefined && choices !== undefined && !choices.includes(word))
      problems.push(`no such word: ${word}`);
  }
  return problems;
}

test("what Ansible runs are commands of ours, with options that they have", () => {
  const commands = filesBelow(ANSIBLE)
    .filter((file) => file.endsWith(".yml"))
    .flatMap((file) => commandsIn(documentIn(join(ANSIBLE, file))));
  expect(commands.map(([program, command]) => `${program} ${command}`).sort()).toEqual([
    "bulkhead token",
    "bulkhead-agent join",
  ]);
  for (const command of commands) expect(problemsOf(command)).toEqual([]);
});

test("control: an option, a command or an action that we do not have is found", () => {
  expect(problemsOf(["bulkhead", "token", "create", "--use", "1"])).toEqual(["no option: --use"]);
  expect(problemsOf(["bulkhead", "token", "make"])).toEqual(["no such word: make"]);
  expect(problemsOf(["bulkhead-agent", "joins"])).toEqual(["no command: bulkhead-agent joins"]);
  expect(problemsOf(["bulkhead-agent", "join", "a", "b", "c"])).toEqual(["too many words: a b c"]);
});

test.skipIf(!has("ansible-playbook"))(
  "Ansible itself takes the playbook and its role",
  { timeout: 120_000 },
  async () => {
    const words = ["--syntax-check", "--inventory", "localhost,", join(ANSIBLE, "protect.yml")];
    expect(await run("ansible-playbook", words)).toContain("protect.yml");
  },
);

/** The life of a host in test/machines begins with this very line. */
test("cloud-init's example runs the line that `bulkhead token create` prints", () => {
  const path = join(CHECKOUT, "packaging/cloud-init/user-data.yaml");
  expect(readFileSync(path, "utf8").split("\n")[0]).toBe("#cloud-config");
  const token = "bulkhead-join-1.ID.SECRET.AUTHORITY.CHECKSUM";
  expect(documentIn(path)).toEqual({
    runcmd: [joinCommand({ url: "https://bulkhead.example:8444", token })],
  });
});

const noCloudInit = has("cloud-init")
  ? ""
  : " (cloud-init is not installed, and no test installs it: it would change the next boot)";

test.skipIf(noCloudInit !== "")(`cloud-init's own schema takes the example${noCloudInit}`, async () => {
  const path = join(CHECKOUT, "packaging/cloud-init/user-data.yaml");
  expect(await run("cloud-init", ["schema", "--config-file", path])).toContain("Valid");
});
