import type { ExitCode } from "@bulkhead/shared/errors/error-text.ts";
import type { Terminal } from "@bulkhead/terminal/output.ts";
import { takeInventory } from "../../inventory/take-inventory.ts";
import { realKernel } from "../../kernel/real.ts";
import { inventoryText } from "../words/inventory.ts";

export interface InventoryOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function showInventory({ json, quiet }: InventoryOptions, { out }: Terminal): Promise<ExitCode> {
  const kernel = realKernel();
  try {
    const inventory = await takeInventory(kernel);
    if (json) await out.write(`${JSON.stringify(inventory)}\n`);
    else if (!quiet) await out.write(inventoryText(inventory, out.paint));
    return 0;
  } finally {
    kernel.close();
  }
}
