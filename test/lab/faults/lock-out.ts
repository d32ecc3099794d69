import type { Fault } from "./fault.ts";
import { amount, pause, type Scene, TARGET } from "./scene.ts";

const SECONDS = 10;
const LOOK = 300;
const POLICY = `segments:
  everything: { select: "role" }
rules:
  - { name: nobody-to-anybody, deny: all, from: any, to: everything, note: a mistake }
`;

export const LOCK_OUT: Fault = {
  name: "lock-out",
  summary: `provisions a policy that locks everybody out of everything, on trial for ${SECONDS} s, and then does nothing`,
  async run(scene) {
    const { client } = scene;
    if ((await client.get("/api/v1/trial")) !== null)
      throw new Error("a version is on trial: `bulkhead confirm` or `bulkhead trial end` first");
    const { number } = await client.post<{ number: number }>("/api/v1/policies", {
      files: [{ name: "mistake.yaml", text: POLICY }],
      message: "npm start -- break lock-out",
    });
    const began = performance.now();
    await client.post(`/api/v1/policies/${number}/trial`, { seconds: SECONDS });
    await until(scene, false);
    const out = performance.now();
    scene.say(
      `version ${number} lets nobody in anywhere: locked out of ${TARGET} after ${amount(out - began)} ms`,
    );
    await until(scene, true);
    scene.say(`✓ in again after ${amount(performance.now() - out)} ms: the kernel went back by itself`);
    // The server's own clock follows, within two seconds.
    while ((await client.get("/api/v1/trial")) !== null) await pause(50);
    await scene.healthy();
    scene.say(
      `✓ version ${await active(scene)} is active again on all hosts, and version ${number} is only a draft`,
    );
  },
};

async function until(scene: Scene, isIn: boolean): Promise<void> {
  while ((await scene.reaches(LOOK)) !== isIn) await pause(20);
}

async function active({ client }: Scene): Promise<number | undefined> {
  const versions = await client.get<readonly { number: number; active: boolean }[]>("/api/v1/policies");
  return versions.find(({ active: isActive }) => isActive)?.number;
}
