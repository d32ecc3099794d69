import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { joinCommand } from "./join-command.ts";
import { formatJoinToken } from "./join-token.ts";

const token = formatJoinToken({
  id: "0123456789abcdef",
  secret: "A".repeat(43),
  fingerprint: `sha256:${"0f".repeat(32)}`,
});
const line = joinCommand({ url: "https://[fd00::1]:8444", token });

test("is one line of POSIX shell, and an item of a YAML list as it stands", () => {
  expect(line).not.toContain("\n");
  expect(spawnSync("sh", ["-n", "-c", line]).status).toBe(0);
  expect(parse(`runcmd:\n  - ${line}\n`)).toEqual({ runcmd: [line] });
});

test("installs by whichever package manager there is, gives the token on standard input, and starts the agent; it stops where a step fails", () => {
  const said = (have: string, fails = "nothing") => {
    const tools = ["apt-get", "dnf", "bulkhead-agent", "systemctl"];
    const functions = tools.map((tool) => {
      const works = have.includes(tool) && tool !== fails;
      const heard = tool === "bulkhead-agent" ? 'read -r line && echo "heard $line";' : "";
      return `${tool}() { ${works ? `${heard} echo ${tool} "$@"` : "return 127"}; }`;
    });
    // `-` is no letter of a function's name in POSIX, and bash takes it.
    return spawnSync("bash", ["-c", `${functions.join("\n")}\n${line}`])
      .stdout.toString()
      .trim()
      .split("\n");
  };
  const joined = [`heard ${token}`, "bulkhead-agent join https://[fd00::1]:8444"];
  const started = "systemctl restart bulkhead-agent";
  expect(said("apt-get bulkhead-agent systemctl")).toEqual([
    "apt-get update",
    "apt-get install -y bulkhead-agent",
    ...joined,
    started,
  ]);
  expect(said("dnf bulkhead-agent systemctl")).toEqual(["dnf install -y bulkhead-agent", ...joined, started]);
  expect(said("dnf bulkhead-agent systemctl", "bulkhead-agent")).toEqual(["dnf install -y bulkhead-agent"]);
  expect(said("bulkhead-agent systemctl")).toEqual([""]);
});
