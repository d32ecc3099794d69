/** What the daemon answers when it is asked how it is. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { Agent } from "../apply/agent.ts";
import { look } from "../apply/recover.ts";
import { type Status, status, unreadStatus } from "../apply/status.ts";
import type { DaemonStatus, ToldError } from "../control/daemon-status.ts";
import type { ServerLink } from "../link/server-link.ts";
import type { Spool } from "../report/spool.ts";
import type { Keeper } from "./keeper.ts";
import type { PolicySource } from "./policy-source.ts";
import type { TolerantStore } from "./tolerant-store.ts";
import type { Watching } from "./watching.ts";

export interface StatusParts {
  readonly agent: Agent;
  readonly store: TolerantStore;
  readonly keeper: Keeper;
  readonly source: PolicySource;
  readonly watching: Watching;
  readonly link: ServerLink | undefined;
  readonly spool: Spool;
  readonly version: string;
  readonly startedAt: string;
}

export type HostStatus = Omit<Status, "notes"> & { readonly notes: readonly ToldError[] };

const HOUR = 3_600_000;

export async function daemonStatus(parts: StatusParts): Promise<DaemonStatus<HostStatus>> {
  const { agent, store, keeper, source, watching, link, spool, version, startedAt } = parts;
  const found = await hostStatus(parts);
  const { count, last } = keeper.tamperings;
  return {
    formatVersion: 1,
    daemon: { pid: process.pid, startedAt, version },
    source: {
      kind: source.kind,
      paths: source.paths,
      ...(keeper.source ?? { state: "missing", problems: [], since: startedAt }),
    },
    enforcement: keeper.enforcement,
    ...(link !== undefined && { link: link.link() }),
    tampering: { count, ...(last !== undefined && { last }) },
    state: { ...(store.trouble !== undefined && { trouble: store.trouble.message }) },
    observer: {
      ...watching.health(),
      ...(watching.trouble !== undefined && { trouble: watching.trouble }),
    },
    spool: spool.health(),
    losses: spool.losses(agent.now() - HOUR),
    status: { ...found, notes: found.notes.map(told) },
  };
}

/** Also where the kernel cannot be asked: a daemon that is degraded has all the more to say. */
async function hostStatus({ agent, keeper }: StatusParts): Promise<Status> {
  try {
    return status(await look(agent), agent);
  } catch (error) {
    if (!(error instanceof BulkheadError)) throw error;
    return unreadStatus(keeper.generation, error);
  }
}

function told({ code, message, remedy }: BulkheadError): ToldError {
  return { code, message, remedy };
}
