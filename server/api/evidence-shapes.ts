/** The shape of evidence, for those who ask the API. */

import type { Evidence } from "../audit/evidence/evidence.ts";

export type EvidenceView = Evidence;
