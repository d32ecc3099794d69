/** What an event is about, with the way to it where there is one. */

import type { EventView } from "@bulkhead/server/api/shapes.ts";
import { Link } from "wouter";

const OF_HOSTS = /^(?:host-|address-|lease-|tampering|records-)/;
const OF_VERSIONS = /^(?:policy-|trial-|rolled-back)/;

export function EventAbout({ event: { kind, about, facts } }: { readonly event: AnyEvent }) {
  if (kind.startsWith("rollout-") && typeof facts.rollout === "number")
    return <Link href={`/rollouts/${facts.rollout}`}>rollout {facts.rollout}</Link>;
  if (OF_VERSIONS.test(kind) && /^\d+$/.test(about))
    return <Link href={`/policy/${about}`}>version {about}</Link>;
  if (OF_HOSTS.test(kind)) return <Link href={`/hosts/${encodeURIComponent(about)}`}>{about}</Link>;
  if (kind.startsWith("account-"))
    return <Link href={`/accounts/${encodeURIComponent(about)}`}>{about}</Link>;
  return about;
}

type AnyEvent = Pick<EventView, "kind" | "about" | "facts">;
