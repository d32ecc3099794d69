/** Ctrl-C, a hang-up and a polite kill: heard, and obeyed where nothing has been changed yet. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Aborts on the first of these signals. Until it is disposed of the process does not die of them: a change that has begun is finished. */
export function listenForSignals(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const name of SIGNALS) process.on(name, abort);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of SIGNALS) process.off(name, abort);
    },
  };
}
