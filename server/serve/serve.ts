/** The server, put together: store, authority, estate, the door for agents and the API. */

import { join } from "node:path";
import { Service } from "@bulkhead/terminal/service/service.ts";
import { serviceManager } from "@bulkhead/terminal/service/systemd.ts";
import pino from "pino";
import { FIRST_ACCOUNT } from "../accounts/account-name.ts";
import { type Accounts, accountsOf } from "../accounts/accounts.ts";
import { Alerts, TICK } from "../alerts/alerts.ts";
import { apiRoutes } from "../api/routes.ts";
import { originOf } from "../audit/acting.ts";
import { AuditLog } from "../audit/audit-log.ts";
import { Inquiries } from "../audit/inquiries.ts";
import { Refusals } from "../audit/refusals.ts";
import { openAuthority } from "../authority/authority.ts";
import type { Exports } from "../exports/exports.ts";
import { Enrolment } from "../gateway/enrolment.ts";
import { Gateway } from "../gateway/gateway.ts";
import { type ApiServer, apiServer } from "../http/api-server.ts";
import { EventFeed } from "../http/event-feed.ts";
import { areBuilt } from "../http/pages.ts";
import { Identity } from "../identity/identity.ts";
import { Approvals } from "../policy/approvals.ts";
import { Estate, type EstateEvent } from "../policy/estate.ts";
import type { OwnEnd } from "../policy/isolation.ts";
import { Judging } from "../policy/judging/thread.ts";
import { Provisioning } from "../policy/provisioning.ts";
import { Trials } from "../policy/trials.ts";
import { Versions } from "../policy/versions.ts";
import { providerStore } from "../store/accounts/provider-store.ts";
import { AlertStore } from "../store/alerts/alert-store.ts";
import { MemoryStore } from "../store/alerts/memory-store.ts";
import { HostReports } from "../store/audit/host-reports.ts";
import { openDatabase } from "../store/database.ts";
import { ApprovalStore } from "../store/estate/approval-store.ts";
import { EventStore, type NewEvent } from "../store/estate/event-store.ts";
import { HostStore } from "../store/estate/host-store.ts";
import { PolicyStore } from "../store/estate/policy-store.ts";
import { SettingStore } from "../store/estate/settings.ts";
import { TokenStore } from "../store/estate/token-store.ts";
import { TrialStore } from "../store/estate/trial-store.ts";
import { RolloutStore } from "../store/rollouts/rollout-store.ts";
import { alertMeasures } from "./alert-measures.ts";
import { backup } from "./backup.ts";
import { holdDataDirectory, prepareDataDirectory } from "./data-directory.ts";
import { deliveriesOf, exportMeasures, openExports } from "./exports.ts";
import { Flows } from "./flows.ts";
import { measuresOf } from "./measures.ts";
import { publicName, serverAddresses, serverNames } from "./names.ts";
import { Presence } from "./presence.ts";
import { refusalSinks } from "./refusal-sinks.ts";
import { type RunningRollouts, runRollouts } from "./rollouts.ts";
import { noRoom } from "./room.ts";
import { mainDatabase } from "./schema.ts";
import { type RunningProof, runStandingProof } from "./standing-proof.ts";

export interface ServeOptions {
  readonly dataDirectory: string;
  /** Where the API and the dashboard are; port 0 takes any. */
  readonly api: { readonly host: string; readonly port: number };
  readonly agents: { readonly host: string; readonly port: number };
  /** Names and addresses by which the server is reached, beside those of this machine; the first one is printed. */
  readonly names: readonly string[];
  /** Where the dashboard was built to. */
  readonly dashboard: string;
  /** The file of the programs that alerts may be given to. */
  readonly commands: string | undefined;
  readonly logLevel: string;
  readonly version: string;
}

/** What an operator needs to go on. */
export interface Running {
  readonly apiUrl: string;
  readonly agentsUrl: string;
  readonly fingerprint: string;
  /** Makes a link that signs in once, within the hour; undefined where an administrator has another way to, or somebody has disabled the first one's account. */
  readonly signIn: () => string | undefined;
  /** Whether nothing was there before. */
  readonly isNew: boolean;
  readonly hosts: number;
  readonly hasDashboard: boolean;
}

const LEASES_MILLISECONDS = 30_000;
const CERTIFICATE_MILLISECONDS = 12 * 3_600_000;
const CERTIFICATE_DAYS = 90;

/** Runs until a signal ends it. `ready` is called when it answers. */
export async function serve(
  options: ServeOptions,
  ready: (running: Running) => Promise<void>,
): Promise<void> {
  const { dataDirectory, names, version } = options;
  const now = Date.now;
  const startedAt = now();
  const log = pino({ level: options.logLevel, base: null });
  const service = new Service(serviceManager(process.env));
  await using cleanup = new AsyncDisposableStack();
  const stop = Promise.withResolvers<string>();
  for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => stop.resolve(name));

  prepareDataDirectory(dataDirectory);
  cleanup.use(holdDataDirectory(dataDirectory));
  const path = join(dataDirectory, "bulkhead.db");
  const database = openDatabase(mainDatabase(path));
  cleanup.defer(() => void database.close());
  const authority = await openAuthority({ directory: dataDirectory, now: now() });
  const hosts = cleanup.use(new HostStore(database));
  const tokens = new TokenStore(database);
  const events = new EventStore(database, originOf);
  const settings = new SettingStore(database);
  const versions = new Versions(new PolicyStore(database), now);
  const feed = new EventFeed();
  let alerts: Alerts | undefined;
  let rolling: RunningRollouts | undefined;
  let exports: Exports | undefined;
  let proving: RunningProof | undefined;
  const publish = (event: EstateEvent) => {
    feed.publish({ ...event });
    alerts?.happened(event);
    rolling?.rollouts.happened(event);
    exports?.wake();
    proving?.proof.happened(event);
  };
  const note = (event: Omit<NewEvent, "at">) => {
    const kept = events.add({ at: now(), ...event });
    events.afterwards(() => publish(kept));
  };
  const refusals = refusalSinks(new Refusals({ note, now }));
  const presence = cleanup.use(new Presence({ database, events, note, now, log, version }));
  const accounts = accountsOf({
    database,
    now,
    fingerprint: () => authority.fingerprint.replace(/^sha256:/, ""),
    tell: note,
    warn: (fields, words) => log.warn({ code: "sign-in", ...fields }, words),
    turnedAway: refusals.signIn,
  });
  const own = (): OwnEnd => ({ addresses: serverNames([]), port: gateway.port });
  const store = new RolloutStore(database);
  const reports = cleanup.use(new HostReports(database, now, presence.lastAlive));
  const estate = new Estate({
    hosts,
    versions,
    events,
    settings,
    reports,
    rollouts: store,
    own,
    now,
    publish,
  });
  const identity = new Identity({
    ...{ store: providerStore(database), accounts: accounts.provided, now, tell: note },
    ownUrl: () => apiUrl(),
    warn: (fields, words) => log.warn({ code: "sign-in", ...fields }, words),
  });
  const flows = cleanup.use(
    new Flows({
      ...{ dataDirectory, estate, settings, now, log },
      publish: (event) => feed.publish({ ...event }),
      saw: (seen) => {
        alerts?.reported(seen);
        rolling?.rollouts.reported(seen);
      },
      exported: {
        closedBefore: () => exports?.closedBefore(),
        dropped: (moments) => exports?.dropped(moments),
      },
    }),
  );
  exports = openExports(
    {
      ...{ database, events, now, flows: flows.store, commandsFile: options.commands },
      origin: { server: publicName(names), version },
      warn: (facts, words) => log.warn(facts, words),
    },
    cleanup,
  );
  alerts = cleanup.use(
    new Alerts({
      ...{ alerts: new AlertStore(database), memory: new MemoryStore(database), events, now, publish },
      certificatesEnd: () => hosts.certificatesEnd(),
      picture: () => ({
        hosts: estate.hosts(),
        isConnected: (host) => estate.isConnected(host),
        sync: (host) => estate.sync(host),
        refusedAddresses: estate.refusedAddresses,
        settings: settings.all(),
        noRoom: noRoom(dataDirectory, flows.isFull),
        deliveries: deliveriesOf(exports),
        broken: proving?.proof.standing.broken ?? [],
      }),
    }),
  );
  const judging = cleanup.use(new Judging());
  const advising = cleanup.use(new Judging());
  const approvals = new Approvals({
    ...{ store: new ApprovalStore(database), versions, estate, judging, settings, now },
    mayApprove: (account, at) => accounts.people.mayApprove(account, at),
  });
  const provisioning = new Provisioning({ estate, versions, judging, approvals });
  const trials = cleanup.use(
    new Trials({ store: new TrialStore(database), estate, versions, provisioning, now, note }),
  );
  proving = cleanup.use(runStandingProof({ estate, versions, events, now, publish, log }));
  rolling = cleanup.use(
    runRollouts({
      ...{ store, estate, versions, events, settings, provisioning, trials, now, publish, feed, log },
      flowsPath: flows.path,
    }),
  );
  const inquiries = cleanup.use(new Inquiries());
  const enrolment = new Enrolment({ authority, estate, hosts, tokens, settings, now });
  const certificate = () =>
    authority.serverCertificate({ names: serverNames(names), now: now(), days: CERTIFICATE_DAYS });
  const first = await certificate();

  const gateway = cleanup.use(
    await Gateway.start({
      ...options.agents,
      certificate: first,
      authority,
      hosts,
      estate,
      enrolment,
      roots: () => authority.roots,
      take: (host, report) => flows.take(host, report),
      refused: (about, why) => {
        refusals.agent(about, why);
        alerts?.happened({ kind: "agent-refused", who: "server", about, facts: { why } });
      },
      joinRefused: refusals.join,
      version,
      now,
      log: (words, facts) => log.warn({ code: "agent", ...facts }, words),
    }),
  );
  const pages = { folder: options.dashboard };
  const agentsUrl = `https://${publicName(names)}:${gateway.port}`;
  const isNew = hosts.all().length === 0 && versions.all().length === 0;
  const renew = async () => {
    const next = await certificate();
    gateway.renew(next);
    api.setCertificate(next);
  };
  const api: ApiServer = cleanup.use(
    await apiServer({
      routes: apiRoutes({
        estate,
        versions,
        hosts,
        tokens,
        events,
        audit: new AuditLog({ database, path, events, inquiries }),
        settings,
        accounts,
        identity,
        authority,

        flows: flows.store,
        flowsPath: flows.path,
        judging,
        advising,
        provisioning,
        approvals,
        trials,
        rollouts: rolling.rollouts,
        standing: proving.proof,
        backup: (directory) => backup({ dataDirectory, database, version, now }, directory),
        now,
        rootsChanged: async (why) => {
          await renew();
          gateway.recall(why);
        },
        disconnect: (host) => gateway.disconnect(host),
        note,
        alerts,
        exports,
        version,
        startedAt,
        agentsUrl: () => agentsUrl,
        agentsEnds: () => serverAddresses(names).map((address) => ({ address, port: gateway.port })),
        apiUrl: () => apiUrl(),
      }),
      accounts,
      tls: { ...first, ...options.api },
      authority: () => authority.rootPem,
      dataDirectory,
      events: feed,
      measures: [
        ...measuresOf({ estate, versions, store: flows.store, counts: () => flows.counts }),
        ...alertMeasures(() => alerts.counts),
        ...exportMeasures(exports, () => events.lastId()),
      ],
      journal: log,
      refused: refusals.request,
      version,
      pages,
      provider: identity,
    }),
  );
  const apiUrl = () => `https://${publicName(names)}:${api.port}`;
  const renewing = setInterval(() => void renew(), CERTIFICATE_MILLISECONDS);
  const leases = setInterval(() => estate.endLeases(), LEASES_MILLISECONDS);
  const looking = setInterval(() => alerts.tick(), TICK);
  cleanup.defer(() => {
    clearInterval(renewing);
    clearInterval(leases);
    clearInterval(looking);
  });

  log.info(
    { code: "started", version, api: apiUrl(), agents: agentsUrl, hosts: hosts.all().length },
    "the server has started",
  );
  await ready({
    apiUrl: apiUrl(),
    agentsUrl,
    fingerprint: authority.fingerprint,
    signIn: () => {
      const link = firstLink(accounts);
      if (link !== undefined)
        note({ kind: "sign-in-link-made", who: "server", about: FIRST_ACCOUNT, facts: {} });
      return link && `${apiUrl()}${link}`;
    },
    isNew,
    hosts: hosts.all().length,
    hasDashboard: areBuilt(pages),
  });
  cleanup.use(service.ready());
  service.status(`the API at ${apiUrl()}, agents at ${agentsUrl}`);
  const signal = await stop.promise;
  service.stopping();
  presence.stopping(signal);
  log.info({ code: "stopping", signal }, "the server stops; hosts go on enforcing");
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
