/** Words for systemd (`man 3 sd_notify`): one datagram each to the socket that NOTIFY_SOCKET names. */

import { sendDatagram } from "./datagram.ts";

export interface ServiceManager {
  /** Lines such as `READY=1`. False where nobody listens, which nothing depends on. */
  tell(...lines: readonly string[]): boolean;
  /** How often it wants to hear of us, in milliseconds; undefined where it does not. */
  readonly watchdogMilliseconds: number | undefined;
}

/** `environment` as systemd sets it: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID. */
export function serviceManager(environment: NodeJS.ProcessEnv): ServiceManager {
  const { NOTIFY_SOCKET: path = "", WATCHDOG_USEC = "", WATCHDOG_PID } = environment;
  const isForUs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
  const microseconds = /^\d+$/.test(WATCHDOG_USEC) && isForUs ? Number(WATCHDOG_USEC) : 0;
  return {
    tell: (...lines) => path !== "" && sendDatagram(path, `${lines.join("\n")}\n`),
    watchdogMilliseconds: microseconds > 0 ? microseconds / 1000 : undefined,
  };
}
