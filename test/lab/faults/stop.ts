import type { Fault } from "./fault.ts";
import { amount, pause } from "./scene.ts";

const AWAY_MILLISECONDS = 3_000;

export const STOP: Fault = {
  name: "stop",
  summary: "kills the server with SIGKILL for three seconds, and starts it again",
  async run(scene) {
    const { centre } = scene.floor.agents;
    const passage = await scene.under(async () => {
      await centre.end("SIGKILL");
      scene.say("the server is killed");
      await pause(AWAY_MILLISECONDS);
    });
    scene.say(`for ${amount(passage.milliseconds)} ms the hosts were on their own:`);
    scene.tell(passage);
    const began = performance.now();
    await centre.start();
    scene.say(`✓ started again: it answers after ${amount(performance.now() - began)} ms`);
    await scene.healthy();
    const hosts = scene.floor.managed.length;
    scene.say(`✓ all ${hosts} hosts are connected and in sync after ${amount(performance.now() - began)} ms`);
  },
};
