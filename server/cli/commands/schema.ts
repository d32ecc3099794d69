import { command } from "@bulkhead/terminal/command.ts";

export const schema = command({
  name: "schema",
  usage: "",
  summary: "Prints the JSON Schema of policy files, for editors",
  positionals: {},
  options: {},
  examples: [["schema > bulkhead.schema.json", "then # yaml-language-server: $schema=bulkhead.schema.json"]],
  run: async (_given, { out }) => {
    const { policyJsonSchema } = await import("@bulkhead/shared/policy/schema.ts");
    await out.write(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
    return 0;
  },
});
