/** The two doors of the running server: the one for agents and the one for people and programs, with one certificate that is renewed under both. */

import type { Alerts } from "../alerts/alerts.ts";
import { apiRoutes } from "../api/routes.ts";
import { AuditLog } from "../audit/audit-log.ts";
import { Inquiries } from "../audit/inquiries.ts";
import type { Authority } from "../authority/authority.ts";
import { Enrolment } from "../gateway/enrolment.ts";
import { Gateway } from "../gateway/gateway.ts";
import { type ApiServer, apiServer } from "../http/api-server.ts";
import { alertMeasures } from "./alert-measures.ts";
import { backup } from "./backup.ts";
import type { Context } from "./context.ts";
import type { EstateParts } from "./estate-parts.ts";
import { exportMeasures } from "./exports.ts";
import { measuresOf } from "./measures.ts";
import { serverAddresses, serverNames } from "./names.ts";
import type { People } from "./people.ts";
import type { PolicyParts } from "./policy-parts.ts";
import type { RefusalSinks } from "./refusal-sinks.ts";
import { rolloutMeasures } from "./rollout-measures.ts";

export interface Behind extends EstateParts {
  readonly authority: Authority;
  readonly alerts: Alerts;
  readonly people: People;
  readonly policy: PolicyParts;
  readonly refusals: RefusalSinks;
}

const CERTIFICATE_MILLISECONDS = 12 * 3_600_000;
const CERTIFICATE_DAYS = 90;

/** Open until the stack is disposed of. Throws `server/listen-failed`. */
export async function openDoors(
  context: Context,
  behind: Behind,
  cleanup: AsyncDisposableStack,
): Promise<void> {
  const { options, now, places } = context;
  const certificate = () => {
    const names = serverNames(options.names);
    return behind.authority.serverCertificate({ names, now: now(), days: CERTIFICATE_DAYS });
  };
  const first = await certificate();
  const gateway = cleanup.use(await openGateway(context, behind, first));
  places.agentsOpened(gateway.port);
  const renew = async () => {
    const next = await certificate();
    gateway.renew(next);
    api.setCertificate(next);
  };
  const inquiries = cleanup.use(new Inquiries());
  const api: ApiServer = cleanup.use(
    await openApi(context, behind, { gateway, inquiries, renew, certificate: first }),
  );
  places.apiOpened(api.port);
  const renewing = setInterval(() => void renew(), CERTIFICATE_MILLISECONDS);
  cleanup.defer(() => clearInterval(renewing));
}

type Certificate = Awaited<ReturnType<Authority["serverCertificate"]>>;

function openGateway(
  { options, stores, log, now }: Context,
  { authority, estate, flows, alerts, refusals }: Behind,
  certificate: Certificate,
): Promise<Gateway> {
  const { hosts, tokens, settings } = stores;
  return Gateway.start({
    ...options.agents,
    ...{ certificate, authority, hosts, estate, now, version: options.version },
    enrolment: new Enrolment({ authority, estate, hosts, tokens, settings, now }),
    roots: () => authority.roots,
    take: (host, report) => flows.take(host, report),
    refused: (about, why) => {
      refusals.agent(about, why);
      alerts.happened({ kind: "agent-refused", who: "server", about, facts: { why } });
    },
    joinRefused: refusals.join,
    log: (words, facts) => log.warn({ code: "agent", ...facts }, words),
  });
}

function openApi(
  { options, stores, feed, log, now, note, startedAt, places }: Context,
  { authority, estate, reports, rollouts, flows, exports, alerts, people, policy, refusals }: Behind,
  given: {
    readonly gateway: Gateway;
    readonly inquiries: Inquiries;
    readonly renew: () => Promise<void>;
    readonly certificate: Certificate;
  },
): Promise<ApiServer> {
  const { dataDirectory, names, version } = options;
  const { database, path, hosts, tokens, events, settings, versions } = stores;
  const { gateway, inquiries, renew, certificate } = given;
  const { accounts, identity } = people;
  return apiServer({
    routes: apiRoutes({
      ...{ estate, versions, hosts, tokens, events, settings, accounts, identity, authority },
      ...{
        reports,
        flows: flows.store,
        flowsPath: flows.path,
        alerts,
        exports,
        now,
        note,
        version,
        startedAt,
      },
      ...policy,
      audit: new AuditLog({ database, path, events, inquiries }),
      backup: (directory) => backup({ dataDirectory, database, version, now }, directory),
      rootsChanged: async (why) => {
        await renew();
        gateway.recall(why);
      },
      disconnect: (host) => gateway.disconnect(host),
      agentsUrl: () => places.agentsUrl,
      agentsEnds: () => serverAddresses(names).map((address) => ({ address, port: gateway.port })),
      apiUrl: () => places.apiUrl,
    }),
    ...{ accounts, dataDirectory, version, provider: identity, journal: log },
    pages: { folder: options.dashboard },
    tls: { ...certificate, ...options.api },
    authority: () => authority.rootPem,
    events: feed,
    measures: [
      ...measuresOf({ estate, versions, store: flows.store, counts: () => flows.counts }),
      ...alertMeasures(() => alerts.counts),
      ...rolloutMeasures(rollouts),
      ...exportMeasures(exports, () => events.lastId()),
    ],
    refused: refusals.request,
  });
}
