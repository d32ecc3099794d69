import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:net";
import { afterEach, beforeEach } from "vitest";
import { kernelContract } from "./fixtures/kernel-contract.ts";
import { describeInNamespace } from "./fixtures/own-namespace.ts";
import { type RealKernel, realKernel } from "./real.ts";

const open: { kernel?: RealKernel; server?: Server } = {};

function fresh(): { kernel: RealKernel; listen(): Promise<number> } {
  const kernel = realKernel();
  open.kernel = kernel;
  return { kernel, listen };
}

function listen(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" ? (address?.port ?? 0) : 0);
    });
    open.server = server;
  });
}

describeInNamespace("the real kernel keeps the kernel's contract", import.meta.url, () => {
  beforeEach(async () => {
    spawnSync("ip", ["link", "set", "lo", "up"]);
    await realKernel().nft.load("add table inet bulkhead\ndelete table inet bulkhead\n");
    spawnSync("conntrack", ["-F"]);
  });
  afterEach(() => {
    open.kernel?.close();
    open.server?.close();
  });
  kernelContract(fresh);
});
