import { once } from "node:events";
import type { Fault } from "./fault.ts";
import { amount, pause, type Scene, TARGET } from "./scene.ts";

/** The shortest that the server makes. */
const LIFE_SECONDS = 60;
/** Before it would be renewed, at two thirds of its life; and so late that the server does not take its host for dead before it ends. */
const HANGS_AFTER_SECONDS = 36;
const IDENTITY = "/var/lib/bulkhead/link/identity.json";

interface ServerEvent {
  readonly kind: string;
  readonly about: string;
  readonly facts: { readonly why?: string };
}

export const CERTIFICATE: Fault = {
  name: "certificate",
  summary: `lets a host's certificate end while its connection is open and its agent hangs (takes ${LIFE_SECONDS} s)`,
  async run(scene) {
    const { agents } = scene.floor;
    await shortLived(scene);
    const began = performance.now();
    scene.say(
      `${TARGET} has a certificate for ${LIFE_SECONDS} s; in ${HANGS_AFTER_SECONDS} s its agent will hang, so that it renews nothing …`,
    );
    await pause(HANGS_AFTER_SECONDS * 1000);
    const agent = agents.process(scene.target);
    const closed = disconnection(scene);
    let why = "";
    const passage = await scene.under(async () => {
      agent.kill("SIGSTOP");
      why = await closed;
    });
    scene.say(
      `its connection was closed ${amount(performance.now() - began)} ms after it was opened: ${why}`,
    );
    scene.tell(passage);
    const again = performance.now();
    agent.kill("SIGCONT");
    await scene.healthy([TARGET]);
    scene.say(
      `✓ the agent goes on: a new certificate, connected and in sync after ${amount(performance.now() - again)} ms`,
    );
  },
};

/** The agent starts again, due to renew; what it gets lasts as short as the server allows just then. */
async function shortLived(scene: Scene): Promise<void> {
  const { agents } = scene.floor;
  const { client, target } = scene;
  const setting = "/api/v1/settings";
  const settings = await client.get<readonly { key: string; value: number }[]>(setting);
  const usual = settings.find(({ key }) => key === "certificateSeconds")?.value;
  const agent = agents.process(target);
  const gone = once(agent, "close");
  agent.kill("SIGTERM");
  await gone;
  const identity = JSON.parse(await target.run(["cat", IDENTITY]));
  await target.run(["sh", "-c", `cat >${IDENTITY}`], {
    input: `${JSON.stringify({ ...identity, renewAt: 0 })}\n`,
  });
  await client.send("PATCH", setting, { certificateSeconds: LIFE_SECONDS });
  try {
    const connected = heard(scene, "host-connected");
    agents.begin(target);
    await connected;
  } finally {
    await client.send("PATCH", setting, { certificateSeconds: usual });
  }
  await scene.healthy([TARGET]);
}

async function disconnection(scene: Scene): Promise<string> {
  return (await heard(scene, "host-disconnected")).facts.why ?? "";
}

/** The next event of this kind about the target. */
async function heard({ client }: Scene, kind: string): Promise<ServerEvent> {
  const over = new AbortController();
  try {
    for await (const event of client.stream<ServerEvent>("/api/v1/events", { signal: over.signal }))
      if (event.kind === kind && event.about === TARGET) return event;
  } finally {
    over.abort();
  }
  throw new Error(`the server said nothing of ${kind}`);
}
