/** Whether a receiver is told of something. */

import { SEVERITIES } from "../alerts/alert-kinds.ts";
import type { AlertFacts, Item } from "./item.ts";
import type { ReceiverSpec } from "./receiver.ts";

export function isChosen({ what, choice }: ReceiverSpec, item: Item): boolean {
  switch (item.kind) {
    case "alert":
      return (
        what.includes("alerts") &&
        isSevere(item.alert, choice.severity) &&
        isOf(choice.kinds, item.alert.kind)
      );
    case "event":
      return what.includes("events") && isOf(choice.kinds, item.event.kind);
    case "flow": {
      const { verdict, source, destination } = item.closed.flow;
      return (
        what.includes("flows") &&
        isOf(choice.verdicts, verdict) &&
        (isOf(choice.segments, source.segment) || isOf(choice.segments, destination.segment))
      );
    }
  }
}

function isOf(wanted: readonly string[] | undefined, word: string | undefined): boolean {
  return wanted === undefined || (word !== undefined && wanted.includes(word));
}

/** A severity that is not known, as a newer server may have written it, is not left out. */
function isSevere({ severity }: AlertFacts, least: string | undefined): boolean {
  const severities: readonly string[] = SEVERITIES;
  const at = severities.indexOf(severity);
  return least === undefined || at < 0 || at >= severities.indexOf(least);
}
