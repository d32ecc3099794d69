/** Ends in the middle of watching, without a word to the observer. */

import { startObserver } from "../../../agent/observe/thread.ts";

const ignore = () => {};
await startObserver(
  { seen: ignore, rulesetChanged: ignore, addressesChanged: ignore, failed: ignore },
  { group: Number(process.argv[2]) },
);
process.exit(7);
