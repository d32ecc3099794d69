/** The way of a policy into force, in the running server: judged in threads, approved, tried, brought in waves, proved again when the hosts change. */

import type { Accounts } from "../accounts/accounts.ts";
import { Approvals } from "../policy/approvals.ts";
import { Judging } from "../policy/judging/thread.ts";
import { Provisioning } from "../policy/provisioning.ts";
import type { Rollouts } from "../policy/rollouts/rollouts.ts";
import type { StandingProof } from "../policy/standing-proof.ts";
import { Trials } from "../policy/trials.ts";
import { ApprovalStore } from "../store/estate/approval-store.ts";
import { TrialStore } from "../store/estate/trial-store.ts";
import type { Context } from "./context.ts";
import type { EstateParts } from "./estate-parts.ts";
import { runRollouts } from "./rollouts.ts";
import { runStandingProof } from "./standing-proof.ts";

export interface PolicyParts {
  readonly judging: Judging;
  /** Of advice, which neither delays nor waits for what becomes active. */
  readonly advising: Judging;
  readonly approvals: Approvals;
  readonly provisioning: Provisioning;
  readonly trials: Trials;
  readonly rollouts: Rollouts;
  readonly standing: StandingProof;
}

export function policyParts(
  { stores, switchboard, feed, log, now, note, publish }: Context,
  { estate, flows, rollouts: store }: EstateParts,
  accounts: Accounts,
  cleanup: AsyncDisposableStack,
): PolicyParts {
  const { database, versions, events, settings } = stores;
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
  const { proof: standing } = cleanup.use(runStandingProof({ estate, versions, events, now, publish, log }));
  const { rollouts } = cleanup.use(
    runRollouts({
      ...{ store, estate, versions, events, settings, provisioning, trials, now, publish, feed, log },
      flowsPath: flows.path,
    }),
  );
  switchboard.connect({
    happened: (event) => {
      rollouts.happened(event);
      standing.happened(event);
    },
    reported: (seen) => rollouts.reported(seen),
  });
  return { judging, advising, approvals, provisioning, trials, rollouts, standing };
}
