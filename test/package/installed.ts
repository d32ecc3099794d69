/** Hosts on which the packages are installed: their files lie over the machine's /usr and /etc, in the hosts' own mounts. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../estate/host.ts";

/** Puts what was unpacked below `root` where an installation would have put it. All of it, accounts and state included, is seen on this host only. */
export async function install(host: Host, root: string): Promise<void> {
  // The launchers name their folder, so it has to be the real one.
  await host.run(["mount", "-t", "overlay", "overlay", "-o", `lowerdir=${root}/usr:/usr`, "/usr"]);
  const written = join(host.scratch, "written");
  await mkdir(written);
  await host.run(["mount", "-t", "tmpfs", "tmpfs", written]);
  for (const folder of ["etc", "etc-work", "lib"]) await host.run(["mkdir", join(written, folder)]);
  const etc = `lowerdir=${root}/etc:/etc,upperdir=${written}/etc,workdir=${written}/etc-work`;
  await host.run(["mount", "-t", "overlay", "overlay", "-o", etc, "/etc"]);
  await host.run(["mount", "--bind", join(written, "lib"), "/var/lib"]);
}
