import { CERTIFICATE } from "./certificate.ts";
import type { Fault } from "./fault.ts";
import { FLUSH } from "./flush.ts";
import { KILL } from "./kill.ts";
import { LOCK_OUT } from "./lock-out.ts";
import { STOP } from "./stop.ts";

/** What can be broken, in the order in which one would try it. */
export const FAULTS: readonly Fault[] = [KILL, STOP, FLUSH, LOCK_OUT, CERTIFICATE];
