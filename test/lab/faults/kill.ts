import { once } from "node:events";
import type { Fault } from "./fault.ts";
import { amount, pause, TARGET } from "./scene.ts";

const DEAD_MILLISECONDS = 2_000;

export const KILL: Fault = {
  name: "kill",
  summary:
    "kills an agent with SIGKILL, leaves it dead for two seconds, and starts it again as systemd would",
  async run(scene) {
    const { agents } = scene.floor;
    const { target } = scene;
    const before = await scene.table();
    const passage = await scene.under(async () => {
      const agent = agents.process(target);
      const gone = once(agent, "close");
      agent.kill("SIGKILL");
      await gone;
      scene.say(`the agent on ${TARGET} is killed`);
      await pause(DEAD_MILLISECONDS);
    });
    scene.say(`for ${amount(passage.milliseconds)} ms nobody was there but the kernel:`);
    scene.tell(passage);
    const began = performance.now();
    agents.begin(target);
    await isBack(scene);
    scene.say(`✓ started again: connected and in sync after ${amount(performance.now() - began)} ms`);
    const isSame = (await scene.table()) === before;
    scene.say(
      isSame
        ? "✓ the kernel's table is the one from before, byte for byte"
        : "✗ the kernel's table is not the one from before",
    );
  },
};

/** Its old connection may count as one still: what counts is that the new agent answers. */
async function isBack(scene: Parameters<Fault["run"]>[0]): Promise<void> {
  for (;;) {
    const { daemon } = await scene
      .status<{ readonly daemon?: unknown }>()
      .catch(() => ({ daemon: undefined }));
    if (daemon !== undefined && daemon !== null) break;
    await pause(50);
  }
  await scene.healthy([TARGET]);
}
