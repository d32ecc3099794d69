/** The thread that watches: it blocks until the kernel has something to say, so it has no event loop of its own. */

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { AccountNames } from "../kernel/host/account-names.ts";
import { conntrackLoad } from "../kernel/host/accounting.ts";
import { CgroupPaths } from "../kernel/host/cgroup-paths.ts";
import { drainWake } from "../kernel/netlink/wake.ts";
import { realKernel } from "../kernel/real.ts";
import { realEvents } from "../kernel/real-events.ts";
import { Owners } from "./owners.ts";
import type { FromThread, ToThread, WatchSettings } from "./thread-messages.ts";
import { Watch } from "./watch.ts";

const LONGEST_TURN = 1000;
/** Somebody waits for the end; what has not been read by then is told as unseen by whoever watches next. */
const LONGEST_FAREWELL = 1000;

function main(port: MessagePort, { group, view, wake }: WatchSettings): void {
  using closing = new DisposableStack();
  const tell = (message: FromThread) => port.postMessage(message);
  const kernel = realKernel();
  closing.defer(() => kernel.close());
  const clock = () => performance.now();
  const owners = new Owners({
    finder: closing.use(kernel.sockets.finder()),
    cgroups: new CgroupPaths(),
    accounts: new AccountNames(),
    clock,
  });
  const watch = closing.use(
    new Watch(
      {
        events: realEvents(),
        kernel,
        owners,
        group,
        view,
        clock: () => ({ now: Date.now(), steady: clock() }),
        dropped: () => conntrackLoad()?.dropped,
      },
      {
        seen: (batch) => tell({ kind: "seen", ...batch }),
        rulesetChanged: (event) => tell({ kind: "ruleset", event }),
        addressesChanged: () => tell({ kind: "addresses" }),
      },
    ),
  );
  tell({ kind: "started" });
  // What cannot be seen is known at once.
  watch.flush();
  let goesOn = obey(port, watch);
  while (goesOn)
    watch.turn(LONGEST_TURN, [wake], () => {
      drainWake(wake);
      goesOn = obey(port, watch);
    });
  // What had arrived by now still counts.
  const end = clock() + LONGEST_FAREWELL;
  while (watch.turn(0) && clock() < end);
  watch.flush();
}

/** Does what the main loop has said meanwhile; false where it has said to stop. */
function obey(port: MessagePort, watch: Watch): boolean {
  for (;;) {
    const received: { readonly message: ToThread } | undefined = receiveMessageOnPort(port);
    if (received === undefined) return true;
    if (received.message.kind === "stop") return false;
    watch.follow(received.message.view);
  }
}

if (parentPort !== null) {
  main(parentPort, workerData);
  parentPort.close();
}
