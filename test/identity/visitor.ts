/** A browser without a screen: follows where it is sent, and keeps cookies by where they came from. */

import { type RequestOptions, request } from "node:https";

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  /** Where it is sent next. */
  readonly location: string | undefined;
  readonly setCookies: readonly string[];
}

const MOST_STEPS = 20;

export class Visitor {
  readonly #cookies = new Map<string, Map<string, string>>();
  readonly #authorities: readonly string[];
  /** Every address that it was sent to, the first one included. */
  readonly visited: string[] = [];

  /** @param authorities PEM. */
  constructor(authorities: readonly string[]) {
    this.#authorities = authorities;
  }

  /** The cookies that it shows to this origin. */
  cookies(origin: string): string {
    return [...(this.#cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** One page, without going where it sends. */
  async open(address: string | URL, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    const url = new URL(address);
    this.visited.push(url.href);
    const cookie = this.cookies(url.origin);
    const page = await get(url, {
      ca: [...this.#authorities],
      headers: { accept: "text/html", ...(cookie !== "" && { cookie }), ...headers },
    });
    for (const text of page.setCookies) this.#keep(url.origin, text);
    return page;
  }

  /** Goes where it is sent, until that stops or `until` says so of the next address. */
  async follow(address: string | URL, until: (url: URL) => boolean = () => false): Promise<Page> {
    let page = await this.open(address);
    for (let step = 0; page.location !== undefined && step < MOST_STEPS; step++) {
      const next = new URL(page.location, page.url);
      if (until(next)) return { ...page, location: next.href };
      page = await this.open(next);
    }
    return page;
  }

  #keep(origin: string, text: string): void {
    const [pair = "", ...attributes] = text.split("; ");
    const [, name = "", value = ""] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
    const kept = this.#cookies.getOrInsertComputed(origin, () => new Map());
    const ends = attributes.find((attribute) => /^expires=/i.test(attribute));
    if (value === "" || (ends !== undefined && Date.parse(ends.slice(8)) <= Date.now())) kept.delete(name);
    else kept.set(name, value);
  }
}

function get(url: URL, options: RequestOptions): Promise<Page> {
  const { promise, resolve, reject } = Promise.withResolvers<Page>();
  const asked = request(url, { ...options, agent: false });
  asked.on("error", reject);
  asked.on("response", (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    answer.on("end", () => {
      const { statusCode: status = 0, headers } = answer;
      resolve({ url, status, text, location: headers.location, setCookies: headers["set-cookie"] ?? [] });
    });
    answer.on("error", reject);
  });
  asked.end();
  return promise;
}
