/** Which cloud this machine belongs to, by what its firmware says (DMI): nobody is asked over the network. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CloudInstance } from "./inventory.ts";

const DIRECTORY = "/sys/class/dmi/id";
const LONGEST = 128;

type Field =
  | "sys_vendor"
  | "product_name"
  | "product_uuid"
  | "product_serial"
  | "board_asset_tag"
  | "chassis_asset_tag"
  | "chassis_vendor"
  | "bios_vendor";

interface Provider {
  readonly provider: string;
  readonly tells: readonly (readonly [Field, RegExp])[];
  /** Where it writes its name of the instance, and how that looks. */
  readonly instance?: readonly [Field, RegExp];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NUMBER = /^\d{1,20}$/;

/** As cloud-init's ds-identify and the providers' own documents have it. */
const PROVIDERS: readonly Provider[] = [
  {
    provider: "aws",
    tells: [
      ["sys_vendor", /^Amazon EC2$/],
      ["bios_vendor", /^Amazon EC2$/],
      ["product_uuid", /^ec2/i],
    ],
    instance: ["board_asset_tag", /^i-[0-9a-f]{8,17}$/],
  },
  { provider: "gcp", tells: [["product_name", /^Google Compute Engine$/]] },
  {
    provider: "azure",
    tells: [["chassis_asset_tag", /^7783-7084-3265-9085-8269-3286-77$/]],
    instance: ["product_uuid", UUID],
  },
  {
    provider: "digitalocean",
    tells: [["sys_vendor", /^DigitalOcean$/]],
    instance: ["product_serial", NUMBER],
  },
  { provider: "hetzner", tells: [["sys_vendor", /^Hetzner$/]], instance: ["product_serial", NUMBER] },
  { provider: "alibaba", tells: [["product_name", /^Alibaba Cloud ECS$/]], instance: ["product_uuid", UUID] },
  { provider: "oracle", tells: [["chassis_asset_tag", /^OracleCloud\.com$/]] },
  { provider: "scaleway", tells: [["sys_vendor", /^Scaleway$/]], instance: ["product_uuid", UUID] },
  { provider: "vultr", tells: [["sys_vendor", /^Vultr$/]], instance: ["product_serial", NUMBER] },
  {
    provider: "openstack",
    tells: [
      ["product_name", /^OpenStack (Nova|Compute)$/],
      ["chassis_asset_tag", /^(OpenStack|OpenTelekomCloud)/],
    ],
    instance: ["product_uuid", UUID],
  },
];

/** @param directory where the kernel shows the firmware's words. */
export function cloudInstance(directory = DIRECTORY): CloudInstance | undefined {
  const word = (field: Field) => wordIn(join(directory, field));
  const found = PROVIDERS.find(({ tells }) => tells.some(([field, looks]) => looks.test(word(field))));
  if (found === undefined) return undefined;
  const [field, looks] = found.instance ?? [];
  const name = field === undefined ? "" : word(field);
  return { provider: found.provider, instance: looks?.test(name) ? name : undefined };
}

function wordIn(file: string): string {
  try {
    return readFileSync(file, "utf8").trim().slice(0, LONGEST);
  } catch {
    return "";
  }
}
