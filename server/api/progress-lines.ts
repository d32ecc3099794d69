/** Work that tells how far it has come, as lines of an answer. */

const EVERY_MILLISECONDS = 200;

/** Tells at most a few of what comes, the latest, and what the work gives at the end. */
export async function* progressLines<Step, End>(
  work: (progress: (step: Step) => void) => Promise<End>,
): AsyncGenerator<Step | End> {
  let latest: { readonly step: Step } | undefined;
  let wake = Promise.withResolvers<void>();
  const ended = work((step) => {
    latest = { step };
    wake.resolve();
  });
  const over = ended.then(
    () => true,
    () => true,
  );
  for (;;) {
    const isOver = await Promise.race([over, wake.promise.then(() => false)]);
    if (latest !== undefined) yield latest.step;
    if (isOver) break;
    latest = undefined;
    wake = Promise.withResolvers();
    await Promise.race([over, pause()]);
  }
  yield await ended;
}

async function pause(): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, EVERY_MILLISECONDS).unref());
}
