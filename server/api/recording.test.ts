import { expect, test } from "vitest";
import { z } from "zod";
import { originOf } from "../audit/acting.ts";
import { type Context, type Route, route } from "../http/route.ts";
import { recorded } from "./recording.ts";

const ANNA = { kind: "session", name: "anna", role: "editor" } as const;
const context = { principal: ANNA, address: "192.0.2.7" } as unknown as Context;

function asked(handler: () => unknown, more: Partial<Route> = {}) {
  const notes: object[] = [];
  const note = (event: { who: string }) => void notes.push({ ...event, origin: originOf(event.who) });
  const spec = route({
    ...{ method: "POST", path: "/api/v1/things/:id", role: "editor", summary: "s" },
    ...{ answer: z.string(), handler: () => "" },
  });
  const one = recorded({ ...spec, ...more, handler }, { note });
  return {
    notes,
    answer: Promise.resolve(one.handler(context as Context<"editor">, { params: { id: "7" } })),
  };
}

test("a change of which the handler says nothing is an entry all the same, with who, by what and from where", async () => {
  const { notes, answer } = asked(() => "done");
  expect(await answer).toBe("done");
  expect(notes).toEqual([
    {
      ...{ kind: "request-made", who: "anna", about: "POST /api/v1/things/:id", facts: { id: "7" } },
      origin: { credential: "session", address: "192.0.2.7" },
    },
  ]);
});

test("none is added where the handler has one, where nothing was changed, and where it failed", async () => {
  const told = asked(() => originOf("anna"));
  expect(await told.answer).toEqual({ credential: "session", address: "192.0.2.7" });
  const looked = asked(() => "seen", { changesNothing: true });
  await looked.answer;
  const failed = asked(() => {
    throw new Error("no");
  });
  await expect(failed.answer).rejects.toThrow("no");
  expect([told.notes, looked.notes, failed.notes]).toEqual([[], [], []]);
});

test("what goes on after the answer, and what the server does by itself, is nobody's but the server's", async () => {
  const later = Promise.withResolvers<unknown>();
  const { answer } = asked(() => {
    setImmediate(() => setImmediate(() => later.resolve(originOf("anna"))));
    return originOf("server");
  });
  expect(await answer).toBeUndefined();
  expect(await later.promise).toBeUndefined();
});
