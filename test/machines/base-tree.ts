/** Debian as machines find it: made by debootstrap once for what is asked of it here, kept beside npm's packages, and never written to afterwards. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CHECKOUT } from "../estate/place.ts";

const SUITE = "bookworm";
/** What our packages depend on, a network, and something that listens; nothing else. */
const PACKAGES = "systemd,systemd-sysv,nftables,iproute2,libatomic1,libstdc++6,netbase,socat";
const NEEDLESS = "tzdata,e2fsprogs";

/**
 * Runs in mounts of its own, so that what debootstrap mounts is gone with it. The network is networkd's, packages come from a folder of the machine's own, and nothing
 * starts by the clock.
 */
const MAKE = `set -e
debootstrap --variant=minbase --include=${PACKAGES} --exclude=${NEEDLESS} ${SUITE} "$0"
rm -rf "$0/var/cache/apt/archives" "$0/etc/resolv.conf"
echo 'deb [trusted=yes] file:/opt/repository ./' >"$0/etc/apt/sources.list"
echo force-unsafe-io >"$0/etc/dpkg/dpkg.cfg.d/no-sync"
systemctl --quiet --root="$0" enable systemd-networkd.service
systemctl --quiet --root="$0" mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer`;

const KEPT = join(CHECKOUT, "node_modules/.cache/bulkhead-machines");
/** A mirror that is far away, on a machine that is busy. */
const MILLISECONDS = 600_000;

/** Its folder. Throws with debootstrap's last words. */
export async function baseTree(): Promise<string> {
  const key = createHash("sha256").update(MAKE).digest("hex").slice(0, 16);
  const folder = join(KEPT, key);
  if (existsSync(folder)) return folder;
  mkdirSync(KEPT, { recursive: true });
  for (const older of readdirSync(KEPT)) rmSync(join(KEPT, older), { recursive: true, force: true });
  process.stderr.write("bulkhead: making a Debian for tests on whole machines (debootstrap, once)\n");
  const part = `${folder}.${process.pid}`;
  const isolated = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"];
  try {
    await promisify(execFile)("unshare", [...isolated, "sh", "-c", MAKE, part], {
      env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8", DEBIAN_FRONTEND: "noninteractive", ...proxies() },
      timeout: MILLISECONDS,
      maxBuffer: 1 << 24,
    });
    renameSync(part, folder);
    return folder;
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`debootstrap failed:\n${`${stdout}${stderr}`.split("\n").slice(-20).join("\n")}`);
  }
}

/** The way out of this network, where there is one. */
function proxies(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => /_proxy$/i.test(entry[0]) && entry[1] !== undefined,
    ),
  );
}
