/** What a rollout looks like from outside. */

import { z } from "zod";
import { Moment } from "./shapes.ts";

/** `1`: so many hosts; `10%`: such a part of those for whom something changes. */
export const WaveText = z.string().min(1).max(16);
const Denials = z.enum(["halt", "report"]);

export const RolloutRequest = z.strictObject({
  version: z.number().int().positive(),
  waves: z.array(WaveText).min(1).max(20),
  /** The server's setting where it is not said. */
  holdSeconds: z
    .number()
    .int()
    .min(1)
    .max(30 * 86_400)
    .optional(),
  /** Whether it is halted where a connection is denied that was allowed before, or that is told only. */
  denials: Denials.default("halt"),
});

export const RolloutPreview = z.strictObject({
  waves: z.array(z.strictObject({ asked: z.string(), hosts: z.array(z.string()) })),
});

export const RolloutView = z.strictObject({
  number: z.number().int(),
  version: z.number().int(),
  /** The version that is active until it is done, and that hosts go back to. */
  base: z.number().int(),
  by: z.string(),
  /** `halted`: it stands where it is, and an operator decides. `rolled-back` and `done` are the ends. */
  state: z.enum(["running", "paused", "halted", "rolled-back", "done"]),
  why: z.string().nullable(),
  startedAt: Moment,
  endedAt: Moment.nullable(),
  /** The wave that has begun last, from 0. */
  wave: z.number().int(),
  waves: z.array(
    z.strictObject({
      asked: z.string(),
      hosts: z.number().int(),
      startedAt: Moment.nullable(),
      /** When all of whom it is expected enforced the version: from then on the wave is watched. */
      settledAt: Moment.nullable(),
    }),
  ),
  holdSeconds: z.number().int(),
  denials: Denials,
  /** Hosts of whom it is expected and that do not enforce it yet, or not at this moment. */
  waitingFor: z.number().int(),
  /** When the next wave begins, or it is done, if nothing happens. */
  nextAt: Moment.nullable(),
  findings: z.array(
    z.strictObject({
      kind: z.enum(["denied", "fell-back", "silent", "not-enforcing", "invalid", "restored"]),
      host: z.string().nullable(),
      words: z.string(),
      at: Moment,
    }),
  ),
});

export const RolloutDetails = RolloutView.extend({
  hosts: z.array(
    z.strictObject({
      name: z.string(),
      wave: z.number().int(),
      movedAt: Moment.nullable(),
      /**
       * `waits` for its wave; `on-its-way` to enforce the version; `enforces` it; `absent`: it is to follow it, and was not there, or not well, when its wave began;
       * `untouched`: it was over before the host's turn; `over`: it was the host's turn, and the rollout has ended.
       */
      course: z.enum(["waits", "on-its-way", "enforces", "absent", "untouched", "over"]),
    }),
  ),
});

export type RolloutPreview = z.output<typeof RolloutPreview>;
export type RolloutView = z.output<typeof RolloutView>;
export type RolloutDetails = z.output<typeof RolloutDetails>;
