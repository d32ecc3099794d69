import { render } from "@bulkhead/shared/nft/render.ts";
import { describe, expect, test } from "vitest";
import { fakeKernel } from "./fake.ts";
import { kernelContract } from "./fixtures/kernel-contract.ts";
import { hosts, NO_CHANGES } from "./fixtures/rulesets.ts";
import type { Subject } from "./fixtures/subject.ts";

function fresh(): Subject {
  const kernel = fakeKernel({ facts: { names: {}, units: {}, users: { root: 0 } } });
  return {
    kernel,
    listen: async () => {
      const socket = {
        protocol: 6,
        localAddress: "127.0.0.1",
        localPort: 8080,
        remoteAddress: "",
        remotePort: 0,
      };
      kernel.knobs.sockets = [{ ...socket, state: "listening", uid: 0, inode: 1 }];
      return 8080;
    },
  };
}

describe("the fake keeps the kernel's contract", () => kernelContract(fresh));

describe("knobs", () => {
  test("the next check, load, read or change of members fails once, and changes nothing", async () => {
    const { knobs, nft, members } = fakeKernel();
    const text = render(hosts("10.0.0.1"));
    knobs.failNextCheck = "kernel/nft-refused";
    await expect(nft.check(text)).rejects.toMatchObject({ code: "kernel/nft-refused" });
    await nft.check(text);
    knobs.failNextLoad = "kernel/nft-slow";
    await expect(nft.load(text)).rejects.toMatchObject({ code: "kernel/nft-slow" });
    expect(await nft.read()).toBeUndefined();
    await nft.load(text);
    knobs.failNextRead = "kernel/nft-unreadable";
    await expect(nft.read()).rejects.toMatchObject({ code: "kernel/nft-unreadable" });
    knobs.failNextMemberChange = "kernel/netlink-failed";
    expect(() => members.apply(NO_CHANGES)).toThrow(
      expect.objectContaining({ code: "kernel/netlink-failed" }),
    );
    members.apply(NO_CHANGES);
  });

  test("nft can be missing for as long as it is told to be", async () => {
    const { knobs, nft } = fakeKernel({ nftFails: "kernel/nft-missing" });
    await expect(nft.assertUsable()).rejects.toMatchObject({ code: "kernel/nft-missing" });
    await expect(nft.read()).rejects.toMatchObject({ code: "kernel/nft-missing" });
    knobs.nftFails = undefined;
    await nft.assertUsable();
  });

  test("a lost answer: nft is killed after the kernel had committed", async () => {
    const { knobs, nft } = fakeKernel({ loseNextAnswer: true });
    await expect(nft.load(render(hosts()))).rejects.toMatchObject({ code: "kernel/nft-killed" });
    expect(knobs.loseNextAnswer).toBe(false);
    expect((await nft.read())?.objects.sets).toEqual(["web_4"]);
  });

  test("others can flush our table and put rules in front of ours", async () => {
    const kernel = fakeKernel();
    await kernel.nft.load(render(hosts()));
    kernel.foreignRule("input", "accept");
    expect((await kernel.nft.read())?.stableText).toMatch(/policy accept;\n\t\taccept\n\t\tjump current/);
    kernel.foreignFlush();
    expect(await kernel.nft.read()).toBeUndefined();
  });

  test("lost conntrack entries are counted, and traffic makes entries and counts", async () => {
    const { conntrack, count, knobs, nft, track } = fakeKernel();
    knobs.lostConntrackEntries = 3;
    const flow = { source: "10.0.0.1", destination: "10.0.0.2", protocol: 6, sourcePort: 1, service: 2 };
    track({ ...flow, mark: 7, replied: false, pickedUp: false });
    expect(conntrack.dump()).toEqual({
      entries: [{ ...flow, mark: 7, replied: false, pickedUp: false }],
      lost: 3,
    });
    await nft.load(render(hosts()));
    count({ chain: "input", comment: "rule web_4", packets: 5, bytes: 300 });
    expect((await nft.read())?.counters).toMatchObject([{ packets: 5, bytes: 300 }]);
  });
});
