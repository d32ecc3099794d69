/** Every error that Bulkhead can report. The codes are closed: a test fails for one that is thrown and not listed, or listed and not thrown. */

import { accountErrors } from "./account.ts";
import { applyErrors } from "./apply.ts";
import { commandErrors } from "./command.ts";
import { daemonErrors } from "./daemon.ts";
import { kernelErrors } from "./kernel.ts";
import { linkErrors } from "./link.ts";
import { policyErrors } from "./policy.ts";
import { serverErrors } from "./server.ts";

export const catalogue = {
  ...policyErrors,
  ...commandErrors,
  ...kernelErrors,
  ...applyErrors,
  ...daemonErrors,
  ...linkErrors,
  ...serverErrors,
  ...accountErrors,
} as const;

export type ErrorCode = keyof typeof catalogue;
