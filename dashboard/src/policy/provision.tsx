/** Making a version the active one, on all hosts. */

import type { StatusView } from "@bulkhead/server/api/shapes.ts";
import { useState } from "react";
import { counted } from "../parts/words.ts";
import { PLAN_WINDOW } from "../plan/impact.tsx";
import { usePlan } from "../plan/use-plan.ts";
import { ActivationDialog, FRESH_MILLISECONDS } from "./activation.tsx";

interface ProvisionProps {
  readonly version: number;
  readonly active: number | undefined;
  readonly hosts: StatusView["hosts"];
}

export function Provision(props: ProvisionProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button main" onClick={() => setOpen(true)}>
        Provision
      </button>
      {isOpen && <ProvisionDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function ProvisionDialog({
  version,
  active,
  hosts,
  onClose,
}: ProvisionProps & { readonly onClose: () => void }) {
  const plan = usePlan({ draft: version, active, window: PLAN_WINDOW, freshFor: FRESH_MILLISECONDS });
  const away = hosts.joined - hosts.connected;
  return (
    <ActivationDialog
      title={`Make version ${version} active`}
      confirm={`Make version ${version} active`}
      plan={plan}
      kept={version}
      version={async () => version}
      ways={active === undefined ? "at-once" : "at-once-or-on-trial"}
      onClose={onClose}
    >
      <p>
        {counted(hosts.connected, "connected host")} take it on at once, each on probation of its own: a host
        that no longer reaches this server through it goes back by itself.{" "}
        {away > 0 && `${away} that ${away === 1 ? "is" : "are"} away follow when they come back. `}
        Rolling back undoes it.
      </p>
    </ActivationDialog>
  );
}
