/** The estate and what is recorded of it: hosts and who has to know what, flows, what alarms, what other systems are told. */

import { Alerts, TICK } from "../alerts/alerts.ts";
import type { Picture } from "../alerts/conditions.ts";
import type { Exports } from "../exports/exports.ts";
import { Estate } from "../policy/estate.ts";
import { AlertStore } from "../store/alerts/alert-store.ts";
import { MemoryStore } from "../store/alerts/memory-store.ts";
import { HostReports } from "../store/audit/host-reports.ts";
import { RolloutStore } from "../store/rollouts/rollout-store.ts";
import type { Context } from "./context.ts";
import { deliveriesOf, openExports } from "./exports.ts";
import { Flows } from "./flows.ts";
import { publicName, serverNames } from "./names.ts";
import { haltedRollout } from "./rollout-measures.ts";
import { noRoom } from "./room.ts";

export interface EstateParts {
  readonly estate: Estate;
  readonly reports: HostReports;
  readonly rollouts: RolloutStore;
  readonly flows: Flows;
  readonly exports: Exports;
}

const LEASES_MILLISECONDS = 30_000;

/** @param lastAlive when the server that was here before was last known to run. Throws `server/commands-unusable`. */
export function estateParts(
  context: Context,
  lastAlive: number | undefined,
  cleanup: AsyncDisposableStack,
): EstateParts {
  const { options, stores, switchboard, feed, log, now, publish, places } = context;
  const { database, hosts, versions, events, settings } = stores;
  const { dataDirectory, names, commands, version } = options;
  const rollouts = new RolloutStore(database);
  const reports = cleanup.use(new HostReports(database, now, lastAlive));
  const own = () => ({ addresses: serverNames([]), port: places.agentsPort });
  const estate = new Estate({ hosts, versions, events, settings, reports, rollouts, own, now, publish });
  // Each asks the other: what may go, and what there is to tell.
  let exports: Exports | undefined;
  const flows = cleanup.use(
    new Flows({
      ...{ dataDirectory, estate, settings, now, log },
      publish: (event) => feed.publish({ ...event }),
      saw: (seen) => switchboard.reported(seen),
      exported: {
        closedBefore: () => exports?.closedBefore(),
        dropped: (moments) => exports?.dropped(moments),
      },
    }),
  );
  const opened = openExports(
    {
      ...{ database, events, now, flows: flows.store, commandsFile: commands },
      origin: { server: publicName(names), version },
      warn: (facts, words) => log.warn(facts, words),
    },
    cleanup,
  );
  exports = opened;
  switchboard.connect({ happened: () => opened.wake() });
  const leases = setInterval(() => estate.endLeases(), LEASES_MILLISECONDS);
  cleanup.defer(() => clearInterval(leases));
  return { estate, reports, rollouts, flows, exports: opened };
}

/** @param broken what of the active policy's tests and invariants fails at this moment. */
export function alertsOf(
  { options: { dataDirectory }, stores, switchboard, now, publish }: Context,
  { estate, flows, exports, rollouts }: EstateParts,
  broken: () => Picture["broken"],
  cleanup: AsyncDisposableStack,
): Alerts {
  const { database, hosts, events, settings } = stores;
  const alerts = cleanup.use(
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
        broken: broken(),
        halted: haltedRollout(rollouts),
      }),
    }),
  );
  switchboard.connect({
    happened: (event) => alerts.happened(event),
    reported: (seen) => alerts.reported(seen),
  });
  const looking = setInterval(() => alerts.tick(), TICK);
  cleanup.defer(() => clearInterval(looking));
  return alerts;
}
