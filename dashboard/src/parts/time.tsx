import { useEffect, useState } from "react";
import { ago, fullMoment, moment } from "./words.ts";

/** A moment, in full for those who point at it. */
export function Moment({ at }: { readonly at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={fullMoment(at)}>
      {moment(at)}
    </time>
  );
}

const TICK_MILLISECONDS = 10_000;

/** How long ago; goes on by itself. */
export function Ago({ at }: { readonly at: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  // What has happened since the last tick is no future.
  const isBetweenTicks = at > now && at - now < TICK_MILLISECONDS;
  return (
    <time dateTime={new Date(at).toISOString()} title={fullMoment(at)}>
      {ago(at, isBetweenTicks ? at : now)}
    </time>
  );
}
