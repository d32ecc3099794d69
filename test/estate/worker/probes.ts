/** One packet out, one answer back: what becomes of a flow's beginning. All probes of a question run at once. */

import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { connect } from "node:net";
import { pingSocket } from "./libc.ts";
import { errorName, message } from "./message.ts";
import type { Outcome, Probe } from "./requests.ts";

export function probeAll(probes: readonly Probe[]): Promise<Outcome[]> {
  return Promise.all(probes.map((probe) => probeOne(probe)));
}

function probeOne(probe: Probe): Promise<Outcome> {
  switch (probe.protocol) {
    case "tcp":
      return probeTcp(probe);
    case "udp":
      return probeUdp(probe);
    case "icmp":
      return probeEcho(probe);
  }
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "refused",
  EPERM: "prohibited",
  // ICMP code 13 comes as EHOSTUNREACH, ICMPv6 code 1 as EACCES.
  EHOSTUNREACH: "prohibited",
  EACCES: "prohibited",
  ENETUNREACH: "unreachable",
  ETIMEDOUT: "timeout",
};

function outcomeOf(error: Error): Outcome {
  const outcome = OUTCOMES[errorName(error)];
  if (!outcome) throw error;
  return outcome;
}

function probeTcp(probe: Probe): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: probe.destination,
      port: probe.port,
      localAddress: probe.source,
      ...(probe.sourcePort ? { localPort: probe.sourcePort } : {}),
    });
    const settle = (outcome: Outcome) => {
      clearTimeout(timer);
      // A reset leaves no TIME_WAIT behind, so that a port can be used again at once.
      if (outcome === "connected") socket.resetAndDestroy();
      else socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => settle("timeout"), probe.timeout);
    socket.on("connect", () => settle("connected"));
    socket.on("error", (error) => {
      try {
        settle(outcomeOf(error));
      } catch (unknown) {
        reject(unknown);
      }
    });
  });
}

function probeUdp(probe: Probe): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type: probe.destination.includes(":") ? "udp6" : "udp4",
      reuseAddr: probe.sourcePort !== 0,
    });
    const settle = settler(socket, probe.timeout, resolve, reject);
    socket.on("message", () => settle("connected"));
    socket.bind(probe.sourcePort, probe.source, () =>
      socket.connect(probe.port, probe.destination, (failed?: Error) =>
        failed ? settle(failed) : socket.send(message(0), (error) => error && settle(error)),
      ),
    );
  });
}

function probeEcho(probe: Probe): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const family = probe.destination.includes(":") ? 6 : 4;
    const descriptor = pingSocket(probe.source, probe.destination);
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    const settle = settler(socket, probe.timeout, resolve, reject);
    const request = Buffer.from([family === 6 ? 128 : 8, 0, 0, 0, 0, 0, 0, 1, ...message(0)]);
    socket.on("message", () => settle("connected"));
    socket.bind({ fd: descriptor }, () =>
      socket.send(request, 0, request.length, 1, probe.destination, (error) => error && settle(error)),
    );
  });
}

/** Ends a datagram probe once, by an outcome or by an error that stands for one. */
function settler(
  socket: UdpSocket,
  timeout: number,
  resolve: (outcome: Outcome) => void,
  reject: (error: unknown) => void,
): (outcome: Outcome | Error) => void {
  let settled = false;
  const settle = (outcome: Outcome | Error) => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    socket.close();
    try {
      resolve(outcome instanceof Error ? outcomeOf(outcome) : outcome);
    } catch (unknown) {
      reject(unknown);
    }
  };
  const timer = setTimeout(() => settle("timeout"), timeout);
  socket.on("error", settle);
  return settle;
}
