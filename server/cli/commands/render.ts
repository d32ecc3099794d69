import { command, POLICY_PATHS } from "@bulkhead/terminal/command.ts";

export const render = command({
  name: "render",
  usage: "<path..>",
  summary: "Prints the nftables ruleset that a host would load for the first time",
  positionals: POLICY_PATHS,
  options: {
    host: { describe: "a host of the policy", type: "string", demandOption: true },
  },
  examples: [
    ["render policy/ --host web-1", ""],
    [
      "render policy/ --host web-1 | sudo nft --check -f -",
      "asks the nft of this machine what it thinks of it",
    ],
  ],
  epilogue:
    "What only the host itself knows (DNS answers, running units, local accounts) is left empty here.",
  run: async (given, terminal) => (await import("../render.ts")).renderHost(given, terminal),
});
