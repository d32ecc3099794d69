/** Somebody on a web server who tries what no web server should: a session with the database, and other hosts' ports. */

import type { Session } from "../../estate/conversation.ts";
import type { Estate } from "../../estate/estate.ts";
import { INTRUDER } from "./shop.ts";

/** Milliseconds between two messages of his session, between two looks at it, and after which it has evidently stopped. */
const EVERY = 50;
const LOOK = 250;
const SILENCE = 2_000;
/** How long he waits before he tries again, and how long for an answer. */
const AGAIN = 3_000;
const PATIENCE = 1_500;
const SCAN_PATIENCE = 300;

export type IntruderNews =
  | { readonly kind: "in"; readonly times: number }
  /** `since`: answers after the last one, which was followed by silence. */
  | { readonly kind: "cut"; readonly answered: number; readonly told: string | null };

export class Intruder {
  readonly #estate: Estate;
  readonly #tell: (news: IntruderNews) => void;
  readonly #stopped = Promise.withResolvers<void>();
  #isOver = false;
  #isIn = false;
  #times = 0;
  #loop: Promise<void> = Promise.resolve();

  private constructor(estate: Estate, tell: (news: IntruderNews) => void) {
    this.#estate = estate;
    this.#tell = tell;
  }

  /** He looks around once, then holds his session, and tries to have it again whenever it is cut. */
  static begin(estate: Estate, tell: (news: IntruderNews) => void): Intruder {
    const intruder = new Intruder(estate, tell);
    intruder.#loop = intruder.#goOn();
    return intruder;
  }

  /** Whether his session answers. */
  get isIn(): boolean {
    return this.#isIn;
  }

  /** Resolves when his session does not answer any more. */
  async isOut(): Promise<void> {
    while (this.#isIn && !this.#isOver) await this.#wait(LOOK);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#stopped.resolve();
    await Promise.allSettled([this.#loop]);
  }

  async #goOn(): Promise<void> {
    await this.#scan();
    while (!this.#isOver) {
      const session = await this.#open();
      if (session !== undefined) await this.#hold(session);
      await this.#wait(AGAIN);
    }
  }

  async #scan(): Promise<void> {
    const host = this.#estate.host(INTRUDER.on);
    const ports = INTRUDER.scans.flatMap((to) => INTRUDER.ports.map((port) => ({ to, port })));
    await host.probe(
      ports.map(({ to, port }) => ({ to, service: `tcp/${port}` as const, timeout: SCAN_PATIENCE })),
    );
  }

  async #open(): Promise<Session | undefined> {
    const host = this.#estate.host(INTRUDER.on);
    try {
      return await host.session(INTRUDER.to, INTRUDER.service, { every: EVERY, timeout: PATIENCE });
    } catch {
      return undefined;
    }
  }

  async #hold(session: Session): Promise<void> {
    let heard = { answers: 0, at: performance.now() };
    while (!this.#isOver) {
      const { received, ended } = await session.traffic();
      const now = performance.now();
      if (received > heard.answers) {
        heard = { answers: received, at: now };
        if (!this.#isIn) this.#isIn = this.#say({ kind: "in", times: ++this.#times });
      }
      if (ended !== null || now - heard.at > SILENCE) {
        this.#isIn = false;
        this.#say({ kind: "cut", answered: received, told: ended });
        break;
      }
      await this.#wait(LOOK);
    }
    await session.close();
  }

  #say(news: IntruderNews): true {
    this.#tell(news);
    return true;
  }

  async #wait(milliseconds: number): Promise<void> {
    await Promise.race([
      new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
      this.#stopped.promise,
    ]);
  }
}
