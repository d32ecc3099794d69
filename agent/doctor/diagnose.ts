/** From the picture to the findings: where what the kernel does differs, or may come to differ, from what the policy says. Pure. */

import { type Exposed, exposure } from "./exposure.ts";
import { bySeverity, type Finding } from "./finding.ts";
import { foreignChains } from "./foreign-chains.ts";
import type { Picture } from "./picture.ts";
import { surroundings } from "./surroundings.ts";
import { translations } from "./translations.ts";

export interface Diagnosis {
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly exposure: readonly Exposed[];
}

export function diagnose(picture: Picture): Diagnosis {
  const findings = [...translations(picture), ...foreignChains(picture), ...surroundings(picture)];
  return { findings: findings.toSorted(bySeverity), exposure: exposure(picture) };
}
