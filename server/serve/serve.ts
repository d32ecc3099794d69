/** The server, put together: stores, people, the estate, the policy's way into force, and the two doors. */

import { Service } from "@bulkhead/terminal/service/service.ts";
import { serviceManager } from "@bulkhead/terminal/service/systemd.ts";
import pino from "pino";
import { FIRST_ACCOUNT } from "../accounts/account-name.ts";
import type { Accounts } from "../accounts/accounts.ts";
import { Refusals } from "../audit/refusals.ts";
import { openAuthority } from "../authority/authority.ts";
import { EventFeed } from "../http/event-feed.ts";
import { areBuilt } from "../http/pages.ts";
import type { EstateEvent } from "../policy/estate.ts";
import type { StandingProof } from "../policy/standing-proof.ts";
import type { NewEvent } from "../store/estate/event-store.ts";
import { type Context, Places } from "./context.ts";
import { holdDataDirectory, prepareDataDirectory } from "./data-directory.ts";
import { openDoors } from "./doors.ts";
import { alertsOf, estateParts } from "./estate-parts.ts";
import { publicName } from "./names.ts";
import type { Running, ServeOptions } from "./options.ts";
import { peopleOf } from "./people.ts";
import { policyParts } from "./policy-parts.ts";
import { Presence } from "./presence.ts";
import { refusalSinks } from "./refusal-sinks.ts";
import { openStores } from "./stores.ts";
import { Switchboard } from "./switchboard.ts";

/** Runs until a signal ends it. `ready` is called when it answers. */
export async function serve(
  options: ServeOptions,
  ready: (running: Running) => Promise<void>,
): Promise<void> {
  const service = new Service(serviceManager(process.env));
  await using cleanup = new AsyncDisposableStack();
  const stop = Promise.withResolvers<string>();
  for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => stop.resolve(name));
  prepareDataDirectory(options.dataDirectory);
  cleanup.use(holdDataDirectory(options.dataDirectory));
  const context = contextOf(options, cleanup);
  const { stores, log, note, now, places } = context;

  const authority = await openAuthority({ directory: options.dataDirectory, now: now() });
  const { database, events, hosts, versions } = stores;
  const presence = cleanup.use(new Presence({ database, events, note, now, log, version: options.version }));
  const refusals = refusalSinks(new Refusals({ note, now }));
  const people = peopleOf(context, { authority, refusals });
  const estate = estateParts(context, presence.lastAlive, cleanup);
  // What alarms is known before anything is decided, and what is broken once there is a policy.
  let standing: StandingProof | undefined;
  const alerts = alertsOf(context, estate, () => standing?.standing.broken ?? [], cleanup);
  const policy = policyParts(context, estate, people.accounts, cleanup);
  standing = policy.standing;
  const isNew = hosts.all().length === 0 && versions.all().length === 0;
  await openDoors(context, { ...estate, authority, alerts, people, policy, refusals }, cleanup);

  const { apiUrl, agentsUrl } = places;
  const joined = hosts.all().length;
  log.info(
    { code: "started", version: options.version, api: apiUrl, agents: agentsUrl, hosts: joined },
    "the server has started",
  );
  await ready({
    ...{ apiUrl, agentsUrl, isNew, hosts: joined, fingerprint: authority.fingerprint },
    signIn: () => {
      const link = firstLink(people.accounts);
      if (link !== undefined)
        note({ kind: "sign-in-link-made", who: "server", about: FIRST_ACCOUNT, facts: {} });
      return link && `${apiUrl}${link}`;
    },
    hasDashboard: areBuilt({ folder: options.dashboard }),
  });
  cleanup.use(service.ready());
  service.status(`the API at ${apiUrl}, agents at ${agentsUrl}`);
  const signal = await stop.promise;
  service.stopping();
  presence.stopping(signal);
  log.info({ code: "stopping", signal }, "the server stops; hosts go on enforcing");
}

function contextOf(options: ServeOptions, cleanup: AsyncDisposableStack): Context {
  const now = Date.now;
  const startedAt = now();
  const stores = openStores({ dataDirectory: options.dataDirectory, now }, cleanup);
  const [feed, switchboard] = [new EventFeed(), new Switchboard()];
  const publish = (event: EstateEvent) => {
    feed.publish({ ...event });
    switchboard.happened(event);
  };
  const note = (event: Omit<NewEvent, "at">) => {
    const kept = stores.events.add({ at: now(), ...event });
    stores.events.afterwards(() => publish(kept));
  };
  const log = pino({ level: options.logLevel, base: null });
  const places = new Places(publicName(options.names));
  return { options, stores, switchboard, feed, log, now, startedAt, note, publish, places };
}

/** Whoever reads what the server prints could use it, so there is none once an administrator signs in by other means. */
function firstLink(accounts: Accounts): string | undefined {
  const all = accounts.people.all();
  const isAble = all.some(
    ({ role, disabledAt, hasPassword, provider }) =>
      role === "administrator" && disabledAt === null && (hasPassword || provider !== null),
  );
  const first = all.find(({ name }) => name === FIRST_ACCOUNT);
  if (isAble || first?.disabledAt != null) return undefined;
  return `/signin/${accounts.makeSignInLink().secret}`;
}
