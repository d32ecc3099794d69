import type { Fault } from "./fault.ts";
import { amount, pause, TARGET } from "./scene.ts";

interface Tampered {
  readonly tampering?: {
    readonly count: number;
    readonly last?: {
      readonly milliseconds?: number;
      readonly by?: { readonly name: string; readonly pid: number };
    };
  };
  readonly daemon?: Tampered;
}

export const FLUSH: Fault = {
  name: "flush",
  summary: "somebody runs `nft flush ruleset` as root on a host that enforces",
  async run(scene) {
    const before = await tampering(scene);
    let gone = 0;
    const passage = await scene.under(async () => {
      await scene.target.run(["nft", "flush", "ruleset"]);
      const began = performance.now();
      while ((await tampering(scene)).count === before.count) await pause(20);
      gone = performance.now() - began;
    });
    const { last } = await tampering(scene);
    const who = last?.by === undefined ? "" : `, by ${last.by.name} (pid ${last.by.pid})`;
    scene.say(`every rule on ${TARGET} was flushed${who}`);
    scene.say(
      last?.milliseconds === undefined
        ? `✓ seen and mended within ${amount(gone)} ms`
        : `✓ seen and mended by its agent in ${amount(last.milliseconds)} ms; until then nothing was stopped`,
    );
    scene.tell(passage, { open: true });
    await scene.healthy([TARGET]);
    scene.say("✓ the host is in sync again; `bulkhead alerts` tells of it");
  },
};

async function tampering(scene: Parameters<Fault["run"]>[0]): Promise<NonNullable<Tampered["tampering"]>> {
  const facts = await scene.status<Tampered>();
  return facts.tampering ?? facts.daemon?.tampering ?? { count: 0 };
}
