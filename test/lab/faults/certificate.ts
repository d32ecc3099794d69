import { once } from "node:events";
import type { Fault } from "./fault.ts";
import { amount, pause, type Scene, TARGET } from "./scene.ts";

/** Of the certificate. */
const LIFE_SECONDS = 24;
/** So long before it would be renewed, at two thirds of its life, its agent hangs; so late that the server does not take its host for dead before it ends. */
const BEFORE_RENEWAL = 2_000;
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
    const began = performance.now();
    await shortLived(scene);
    const { renewAt } = await identityOf(scene);
    const wait = renewAt - BEFORE_RENEWAL - Date.now();
    scene.say(
      `${TARGET} has a certificate for ${LIFE_SECONDS} s; its agent will hang in ${amount(wait / 1000)} s, so that it renews nothing …`,
    );
    await pause(wait);
    if ((await identityOf(scene)).renewAt !== renewAt)
      throw new Error("this machine is too busy: the certificate was renewed already; try it once more");
    const agent = agents.process(scene.target);
    const closed = disconnection(scene);
    let why = "";
    const passage = await scene.under(async () => {
      agent.kill("SIGSTOP");
      why = await closed;
    });
    scene.say(`its connection was closed ${amount(performance.now() - began)} ms after that began: ${why}`);
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
  const identity = await identityOf(scene);
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

/** What the agent keeps of itself. */
async function identityOf({ target }: Scene): Promise<{ readonly renewAt: number }> {
  return JSON.parse(await target.run(["cat", IDENTITY]));
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
