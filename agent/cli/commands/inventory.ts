import { command } from "@bulkhead/terminal/command.ts";
import { STATE_OPTIONS } from "../options.ts";

const { json, quiet } = STATE_OPTIONS;

export const inventory = command({
  name: "inventory",
  usage: "",
  summary: "Says what this host is: machine, system, cloud, interfaces, and who listens on what",
  positionals: {},
  options: { json, quiet },
  examples: [
    ["inventory", "for people"],
    ["inventory --json", "for an inventory of one's own"],
  ],
  epilogue:
    "The cloud is told by the machine's firmware (DMI); nobody is asked over the network. Names of units need root. Exit codes: 0; 3 the kernel could not be asked.",
  run: async (given, terminal) => (await import("../actions/inventory.ts")).showInventory(given, terminal),
});
