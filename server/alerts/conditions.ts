/** What is looked at again and again: each rule says what is wrong now, and an alert is over when its rule says so no more. A new rule is one more function in the list. */

import { causeWords } from "../policy/cause-words.ts";
import type { BrokenClaim } from "../policy/standing-proof.ts";
import type { Sync } from "../policy/sync.ts";
import type { StoredHost } from "../store/estate/host-store.ts";
import type { Finding } from "./alert-kinds.ts";

/** The estate and the server as they are at the moment of a look. */
export interface Picture {
  readonly now: number;
  /** When the server was started: nobody can be seen while it is away. */
  readonly since: number;
  readonly hosts: readonly StoredHost[];
  readonly isConnected: (host: string) => boolean;
  readonly sync: (host: StoredHost) => Sync;
  /** Addresses that hosts claim and do not get. */
  readonly refusedAddresses: ReadonlyMap<
    string,
    readonly { readonly address: string; readonly why: string }[]
  >;
  /** By the host's id, when its last certificate ends. */
  readonly certificatesEnd: ReadonlyMap<string, number>;
  readonly settings: { readonly certificateSeconds: number; readonly probationSeconds: number };
  /** Why no reports are taken, or soon will not be; undefined where there is room. */
  readonly noRoom: string | undefined;
  readonly deliveries: readonly DeliveryState[];
  /** The rollout that is under way, where it stands halted until somebody decides. */
  readonly halted: HaltedRollout | undefined;
  /** What the active policy says of itself and is not so on the hosts that there are. */
  readonly broken: readonly BrokenClaim[];
}

export interface HaltedRollout {
  readonly rollout: number;
  readonly version: string;
  /** Counted from one. */
  readonly wave: number;
  readonly of: number;
  readonly why: string;
}

/** How it goes with telling a receiver. */
export interface DeliveryState {
  readonly receiver: string;
  readonly failingSince: number | undefined;
  readonly why: string;
  /** What it was never told of since it was added: what it refused, and what was removed before. */
  readonly lost: number;
}

const MINUTE = 60_000;
/** An agent comes back within half a minute, a machine that boots within two. */
const SILENT = 3 * MINUTE;
/** A change takes seconds to arrive and to be read back. */
const ASTRAY = 2 * MINUTE;
/** A receiver that is restarted is back by then. */
const FAILING = 5 * MINUTE;

export class Conditions {
  readonly #behind = new Map<string, number>();
  /** By receiver, what it was never told of at the last look. */
  readonly #lost = new Map<string, number>();

  look(picture: Picture): readonly Finding[] {
    const hosts = picture.hosts.filter(({ revokedAt }) => revokedAt === undefined);
    return [
      ...hosts.flatMap((host) => [
        ...silent(host, picture),
        ...this.#outOfSync(host, picture),
        ...refusing(host, picture),
        ...conflicting(host, picture),
        ...certificateEnding(host, picture),
      ]),
      ...full(picture),
      ...(picture.halted === undefined ? [] : [haltedFinding(picture.halted, 0)]),
      ...picture.broken.map((claim) => brokenFinding(claim)),
      ...failing(picture),
      ...picture.deliveries.flatMap((delivery) => this.#lostBy(delivery)),
    ];
  }

  /** Since the last look; what was lost before the server has started was told then. */
  #lostBy({ receiver, lost }: DeliveryState): readonly Finding[] {
    const more = lost - (this.#lost.get(receiver) ?? lost);
    this.#lost.set(receiver, lost);
    if (more <= 0) return [];
    return [
      {
        kind: "delivery-lost",
        about: receiver,
        words: `the receiver ${receiver} was never told of ${more} more records, ${lost} in all`,
        facts: { receiver, more, lost },
        times: more,
      },
    ];
  }

  #outOfSync(host: StoredHost, { now, sync, settings }: Picture): readonly Finding[] {
    const { name, state } = host;
    const found = sync(host);
    if (found.state === "ahead")
      return [
        { kind: "host-ahead", about: name, words: `${name}: ${found.why}`, facts: { host: name }, times: 0 },
      ];
    // What it said last has grown old: that says nothing about what it said.
    if (found.state === "unknown") return [];
    if (found.state !== "behind") {
      this.#behind.delete(name);
      return [];
    }
    const since = this.#behind.getOrInsert(name, now);
    const probation = state?.enforcement === "on-probation" ? settings.probationSeconds * 1000 : 0;
    if (now - since < ASTRAY + probation) return [];
    return [
      {
        kind: "host-out-of-sync",
        about: name,
        words: `${name} does not enforce what it should: ${found.why}`,
        facts: { host: name, since, why: found.why },
        times: 0,
      },
    ];
  }
}

function silent(host: StoredHost, { now, since, isConnected }: Picture): readonly Finding[] {
  const { name, seenAt, joinedAt, stateAt } = host;
  const heard = isConnected(name)
    ? Math.max(seenAt ?? joinedAt, stateAt ?? 0)
    : Math.max(seenAt ?? joinedAt, since);
  if (now - heard < SILENT) return [];
  const what = isConnected(name) ? "is connected and says nothing" : "is not connected";
  return [
    {
      kind: "host-silent",
      about: name,
      words: `${name} ${what}; it was heard of last at ${new Date(seenAt ?? joinedAt).toISOString()}`,
      facts: { host: name, seenAt: seenAt ?? null },
      times: 0,
    },
  ];
}

/** What a host says of the server's policy it follows no more (row 34 of FAULTS: an old policy, or a known number with other content). */
function refusing({ name, state }: StoredHost, { isConnected }: Picture): readonly Finding[] {
  if (!isConnected(name)) return [];
  return (state?.notes ?? [])
    .filter(({ code }) => code === "link/policy-refused")
    .slice(0, 1)
    .map(({ message }) => ({
      kind: "policy-refused",
      about: name,
      words: `${name} does not follow what the server sent: ${message}`,
      facts: { host: name, why: message },
      times: 0,
    }));
}

function conflicting({ name }: StoredHost, { refusedAddresses }: Picture): readonly Finding[] {
  const refused = refusedAddresses.get(name) ?? [];
  if (refused.length === 0) return [];
  const told = refused.slice(0, 10).map(({ address, why }) => `${address}: ${why}`);
  return [
    {
      kind: "address-conflict",
      about: name,
      words: `${name} claims what it does not get (${told.join("; ")})`,
      facts: { host: name, refused: refused.slice(0, 100) },
      times: 0,
    },
  ];
}

/** Renewed at two thirds of its life; at five sixths half of the time left for that has passed. A host that is away renews when it is back. */
function certificateEnding(
  { id, name }: StoredHost,
  { now, isConnected, certificatesEnd, settings }: Picture,
): readonly Finding[] {
  const end = certificatesEnd.get(id);
  if (end === undefined || !isConnected(name) || end - now > (settings.certificateSeconds * 1000) / 6)
    return [];
  return [
    {
      kind: "certificate-ending",
      about: name,
      words: `the certificate of ${name} ends at ${new Date(end).toISOString()} and was not renewed`,
      facts: { host: name, end },
      times: 0,
    },
  ];
}

/** One for each line of the policy: of several claims there the last one is told. */
export function brokenFinding({ what, about, sentence, since, causes }: BrokenClaim): Finding {
  const because = causes.length === 0 ? "" : `, since ${causes.map(causeWords).join("; ")}`;
  return {
    kind: what === "test" ? "policy-test-broken" : "policy-invariant-broken",
    about,
    words: `${about}: ${sentence}${because}`,
    facts: { what, sentence, since, causes },
    times: 0,
  };
}

/** @param times how often it has happened since it was told last. */
export function haltedFinding({ rollout, version, wave, of, why }: HaltedRollout, times: number): Finding {
  return {
    kind: "rollout-halted",
    about: version,
    words: `version ${version} was halted on its way, at wave ${wave} of ${of}: ${why}`,
    facts: { version, rollout, why },
    times,
  };
}

function full({ noRoom }: Picture): readonly Finding[] {
  if (noRoom === undefined) return [];
  return [{ kind: "store-full", about: "server", words: noRoom, facts: {}, times: 0 }];
}

function failing({ now, deliveries }: Picture): readonly Finding[] {
  return deliveries.flatMap(({ receiver, failingSince, why }) =>
    failingSince === undefined || now - failingSince < FAILING
      ? []
      : [
          {
            kind: "delivery-failing",
            about: receiver,
            words: `the receiver ${receiver} is not told since ${new Date(failingSince).toISOString()}: ${why}`,
            facts: { receiver, failingSince, why },
            times: 0,
          } as const,
        ],
  );
}
