/** Watches the namespace that it is started in: views come as JSON lines, what is seen goes out as JSON lines. */

import { createInterface } from "node:readline";
import { switchAccountingOn } from "../../../agent/kernel/host/accounting.ts";
import type { PolicyView } from "../../../agent/observe/observer.ts";
import { startObserver } from "../../../agent/observe/thread.ts";

const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);

switchAccountingOn();
const observer = await startObserver(
  {
    seen: (batch) => say({ ...batch, health: observer.health() }),
    rulesetChanged: (event) => say({ event }),
    addressesChanged: () => say({ addresses: "changed" }),
    failed: (error) => say({ failed: String(error) }),
  },
  { group: Number(process.argv[2]) },
);
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { view }: { readonly view?: PolicyView } = JSON.parse(line);
  observer.follow(view);
  // What was said before has been heard when this is answered, but not what it leads to: flows wait for the kernel.
  say({ following: view !== undefined });
}
await observer[Symbol.asyncDispose]();
say({ stopped: true, health: observer.health() });
