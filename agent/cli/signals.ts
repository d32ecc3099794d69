/** Ctrl-C, a hang-up and a polite kill: heard, and obeyed where nothing has been changed yet. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Aborts on the first of these signals. From then until `release` the process does not die of them: a change that has begun is finished. */
export function listenForSignals(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const name of SIGNALS) process.on(name, abort);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, abort);
    },
  };
}
