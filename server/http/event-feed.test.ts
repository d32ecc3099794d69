import { expect, test } from "vitest";
import { EventFeed } from "./event-feed.ts";

interface Heard {
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

function heardIn(text: string): Heard[] {
  return text
    .split("\n\n")
    .filter((block) => block.includes("data: "))
    .map((block) => ({
      id: /^id: (.+)$/m.exec(block)?.[1],
      data: JSON.parse(/^data: (.+)$/m.exec(block)?.[1] ?? "") as Record<string, unknown>,
    }));
}

/** All that a listener hears until its stream ends. */
async function all(events: AsyncIterable<string>): Promise<Heard[]> {
  let text = "";
  for await (const part of events) text += part;
  return heardIn(text);
}

function publish(feed: EventFeed, ...numbers: number[]): void {
  for (const n of numbers) feed.publish({ kind: "counted", at: 1_000 + n, n });
}

const numbers = (heard: readonly Heard[]) => heard.map(({ data }) => data.n ?? data.kind);
const forever = () => new AbortController().signal;

test("a listener hears what happens from now on, in order, until it is told why no more", async () => {
  const feed = new EventFeed();
  publish(feed, 1);
  const listener = feed.listen({ signal: forever() });
  publish(feed, 2, 3);
  listener.beat();
  listener.end("enough");
  publish(feed, 4);
  const heard = await all(listener.events);
  expect(heard.map(({ data }) => data)).toEqual([
    { kind: "counted", at: 1_002, n: 2 },
    { kind: "counted", at: 1_003, n: 3 },
    { kind: "ended", reason: "enough" },
  ]);
  expect(feed.listeners).toBe(0);
});

/** The ids of events that are published now. */
async function idsOf(feed: EventFeed, ...published: number[]): Promise<string[]> {
  const listener = feed.listen({ signal: forever() });
  publish(feed, ...published);
  listener.end("enough");
  return (await all(listener.events)).flatMap(({ id }) => id ?? []);
}

async function since(feed: EventFeed, after: string): Promise<unknown[]> {
  const listener = feed.listen({ after, signal: forever() });
  listener.end("enough");
  return numbers(await all(listener.events)).slice(0, -1);
}

test("who comes back hears what came between, each once", async () => {
  const feed = new EventFeed();
  const [first = "", , third = ""] = await idsOf(feed, 1, 2, 3);
  expect(await since(feed, first)).toEqual([2, 3]);
  expect(await since(feed, third)).toEqual([]);
});

test("what is no longer kept is told as missed, never passed over", async () => {
  const feed = new EventFeed({ kept: 2 });
  const [first = "", second = ""] = await idsOf(feed, 1, 2, 3, 4);
  expect(await since(feed, second)).toEqual([3, 4]);
  expect(await since(feed, first)).toEqual(["missed"]);
  const restarted = new EventFeed();
  publish(restarted, 1, 2, 3, 4);
  expect(await since(restarted, first)).toEqual(["missed"]);
  expect(await since(feed, "nonsense")).toEqual(["missed"]);
});

test("who has been told of missing something does not miss it again", async () => {
  const feed = new EventFeed({ kept: 1 });
  publish(feed, 1, 2, 3);
  const listener = feed.listen({ after: "nonsense", signal: forever() });
  listener.end("enough");
  const [missed] = await all(listener.events);
  publish(feed, 4);
  expect(await since(feed, missed?.id ?? "")).toEqual([4]);
});

test("what is kept is bounded in characters, too", async () => {
  const feed = new EventFeed({ keptCharacters: 1_000 });
  const [first = ""] = await idsOf(feed, 1);
  feed.publish({ kind: "large", at: 1, text: "x".repeat(900) });
  publish(feed, 2);
  expect(await since(feed, first)).toEqual(["missed"]);
});

test("a slow listener is let go with a reason, and the others go on", async () => {
  const feed = new EventFeed({ waiting: 3 });
  const slow = feed.listen({ signal: forever() });
  publish(feed, 1, 2, 3);
  const quick = feed.listen({ signal: forever() });
  publish(feed, 4, 5);
  expect(feed.listeners).toBe(1);
  quick.end("enough");
  expect(numbers(await all(quick.events))).toEqual([4, 5, "ended"]);
  expect((await all(slow.events)).map(({ data }) => data)).toEqual([
    { kind: "ended", reason: "more than 3 events waited for this listener" },
  ]);
});

test("listeners are bounded, and one that goes makes room", () => {
  const feed = new EventFeed({ listeners: 1 });
  const gone = new AbortController();
  feed.listen({ signal: gone.signal });
  expect(() => feed.listen({ signal: forever() })).toThrow(
    expect.objectContaining({ code: "server/overloaded" }),
  );
  gone.abort();
  feed.listen({ signal: forever() });
});

test("a kind that could break out of its line is refused", () => {
  expect(() => new EventFeed().publish({ kind: "a\ndata: b", at: 1 })).toThrow(RangeError);
});
