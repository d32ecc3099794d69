/** What is suggested for a whole estate, and what is left out of it with the reason. Plain JSON. */

/** Flows that are different, and the connections of all of them. */
export interface Amount {
  readonly flows: number;
  readonly connections: number;
}

export interface EstateSuggestion {
  /** YAML that stands beside the active policy. */
  readonly text: string;
  /** What was seen and no rule of the active policy allows. */
  readonly seen: Amount;
  /** What of it would be allowed by these rules, as `evaluate()` says. */
  readonly covered: Amount;
  /** The same of each segment that it concerns at either end; those that are suggested are among them. */
  readonly segments: readonly SegmentCoverage[];
  readonly suggestedSegments: readonly LabelledSegment[];
  readonly suggestedPeers: readonly PeerSegment[];
  readonly rules: readonly EstateRule[];
  /** What was left out: the questions worth asking, those first that are asked of the fewest hosts among many. */
  readonly odd: readonly OddFinding[];
  /** Seen, and denied by a rule that says so: no rule is suggested against it. */
  readonly deniedByRule: Amount;
  /** Seen, and allowed by rules already. */
  readonly allowed: Amount;
  /** Of peers that were too many to be told apart, or beyond what is looked at: nothing is said of it. */
  readonly unknown: Amount;
}

export interface SegmentCoverage {
  readonly segment: string;
  readonly hosts: number;
  readonly seen: Amount;
  readonly covered: Amount;
}

/** A segment for hosts that are in none that would do. */
export interface LabelledSegment {
  readonly name: string;
  readonly selector: string;
  readonly hosts: readonly string[];
}

/** A segment for addresses that are no host's and in no segment. */
export interface PeerSegment {
  readonly name: string;
  readonly addresses: readonly string[];
}

export interface EstateRule {
  readonly name: string;
  /** As the policy's language names them. */
  readonly services: readonly string[];
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly same: readonly string[];
  readonly fromUnit?: string;
  readonly toUnit?: string;
  readonly seen: Amount;
  /** Hosts that were seen at its ends. */
  readonly hosts: number;
  readonly last: number;
  /** Its line in the policy. */
  readonly text: string;
}

export type OddKind =
  /** Both ends report, and one alone has said it. */
  | "unconfirmed"
  /** Nobody but one host can say that it was so, as the other end does not report. */
  | "lone-word"
  /** Denied at its source, so that the other end knows nothing of it. */
  | "denied-at-source"
  /** One host of a segment does what no other does, or few of many. */
  | "one-of-many"
  | "scan"
  | "denied-burst"
  | "seen-once"
  | "off-hours"
  | "many-ports"
  | "no-service";

export interface OddFinding {
  readonly kind: OddKind;
  /** In words, as a question to think about: `web-2 talks to db on tcp/5432 (postgres), no other of the 3 hosts of web does`. */
  readonly words: string;
  /** A segment, a host or an address. */
  readonly from: OddEnd;
  readonly to: OddEnd;
  /** At most some of them. */
  readonly services: readonly string[];
  readonly moreServices: number;
  readonly seen: Amount;
  readonly denied: number;
  readonly first: number;
  readonly last: number;
  readonly days: number;
  /** A line of a policy that would allow it, for whoever knows that it is right; null where none should. */
  readonly rule: string | null;
  /** The name of a suggested rule that lets it through all the same, as it is wider. */
  readonly coveredBy: string | null;
}

export interface OddEnd {
  readonly segment: string | null;
  /** Names of hosts, or addresses where they have none; at most some of them. */
  readonly who: readonly string[];
  readonly more: number;
  /** How many hosts of the segment were seen at all; null where there is no segment. */
  readonly ofHosts: number | null;
  readonly units: readonly string[];
}
