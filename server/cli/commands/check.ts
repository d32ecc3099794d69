import { command, POLICY_PATHS } from "@bulkhead/terminal/command.ts";

export const check = command({
  name: "check",
  usage: "<path..>",
  summary: "Finds everything that is wrong in a policy, runs its own tests and proves its invariants",
  positionals: POLICY_PATHS,
  options: {
    format: {
      describe: "text (the default), json, github, junit or sarif",
      choices: ["text", "json", "github", "junit", "sarif"] as const,
      default: "text" as const,
    },
    json: { describe: "the same as --format json", type: "boolean", default: false },
    strict: { describe: "fail on warnings too", type: "boolean", default: false },
  },
  examples: [
    [
      "check policy/",
      "problems with excerpts, then the tests that failed and the invariants that do not hold",
    ],
    ["check policy/ --strict --format github", "annotations in a workflow; a warning fails it"],
    ["check policy/ --format sarif > bulkhead.sarif", "for code scanning"],
  ],
  epilogue:
    "Exit codes: 0 all is well; 1 a test failed or an invariant is broken (or, with --strict, there is a warning); 2 the policy is invalid.",
  run: async (given, terminal) => (await import("../check/check.ts")).check(given, terminal),
});
