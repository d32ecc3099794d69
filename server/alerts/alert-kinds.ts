/** Every kind of alert: how bad it is, what to do, and after how long without a sign of its cause it counts as over. */

export const SEVERITIES = ["notice", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface AlertKind {
  readonly title: string;
  readonly severity: Severity;
  readonly remedy: string;
  /**
   * Milliseconds. Of what is looked at again and again (a host that is silent) it is short, as the next look would have found it; of what is seen when it happens (a scan)
   * it is how long nothing more of it has to happen.
   */
  readonly quiet: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Of what every look finds again: a cause that comes and goes within two minutes is one alert. */
const LOOKED_AT = 2 * MINUTE;

export const ALERT_KINDS = {
  tampering: {
    title: "somebody else changed a host's rules",
    severity: "critical",
    remedy:
      "The agent has put its rules back. Find who did it: `bulkhead-agent status` and `doctor` on the host name the process and other firewalls there.",
    quiet: DAY,
  },
  "host-silent": {
    title: "nothing is heard of a host",
    severity: "warning",
    remedy:
      "It goes on enforcing what it has. See that it runs, that its agent does (`systemctl status bulkhead-agent`), and that it reaches the server's port for agents.",
    quiet: LOOKED_AT,
  },
  "host-out-of-sync": {
    title: "a host does not enforce what it should",
    severity: "warning",
    remedy: "`bulkhead host show NAME` says why; on the host, `bulkhead-agent status` says more.",
    quiet: LOOKED_AT,
  },
  "host-ahead": {
    title: "a host follows a version that this server never had",
    severity: "critical",
    remedy:
      "If the server was restored from a backup, provision a version to decide what holds. If it was not, somebody else gives this host its policy: look into it.",
    quiet: LOOKED_AT,
  },
  "policy-refused": {
    title: "a host refuses what the server sent: an older policy, or a known number with other content",
    severity: "critical",
    remedy:
      "If the server was restored from a backup, provision a version. If it was not, somebody replays old policies or has changed the store: look into it.",
    quiet: LOOKED_AT,
  },
  "rollout-halted": {
    title: "a version on its way to the hosts was halted",
    severity: "warning",
    remedy:
      "`bulkhead rollout show NUMBER` says what went wrong and on which host. Where the hosts have gone back, mend the policy, push it and begin anew (`--denials report` where the denials are meant); where it stands still, `rollout resume` or `abort` decides.",
    quiet: DAY,
  },
  "policy-invariant-broken": {
    title: "an invariant of the active policy does not hold on the hosts that there are",
    severity: "critical",
    remedy:
      "A change of the estate has made it so (a host that joined, labels, addresses): see which, in `bulkhead alerts` or `bulkhead history`. Take the change back, or change the rules and provision a version.",
    quiet: LOOKED_AT,
  },
  "policy-test-broken": {
    title: "a test of the active policy fails on the hosts that there are",
    severity: "warning",
    remedy:
      "A change of the estate has made it so (a host that joined, labels, addresses): see which, in `bulkhead alerts` or `bulkhead history`. Take the change back, or change the rules or the test and provision a version.",
    quiet: LOOKED_AT,
  },
  "port-scan": {
    title: "a machine within tries many services of a host",
    severity: "critical",
    remedy:
      "Find out what runs there (`bulkhead flows --from SOURCE --denied`); `bulkhead host isolate` cuts it off. A scanner of your own needs a rule that allows it.",
    quiet: HOUR,
  },
  "scanned-from-outside": {
    title: "a host is scanned from the internet",
    severity: "notice",
    remedy: "Nothing that is denied gets in. If the host need not be reachable from outside, take it out.",
    quiet: DAY,
  },
  "fan-out": {
    title: "a machine tries many peers that it may not reach",
    severity: "critical",
    remedy:
      "Find out what runs there (`bulkhead flows --from SOURCE --denied`); `bulkhead host isolate` cuts it off. What belongs there needs a rule.",
    quiet: HOUR,
  },
  beacon: {
    title: "something calls the same outside peer again and again, in equal steps",
    severity: "warning",
    remedy:
      "Find out which program it is and whom it calls. What belongs there needs a rule; malware asks for its orders like this.",
    quiet: DAY,
  },
  "new-pair": {
    title: "two segments talk that never did before",
    severity: "notice",
    remedy:
      "See whether it is meant (`bulkhead flows --from A --to B`). If it is not, a deny rule closes it; acknowledge it otherwise.",
    quiet: DAY,
  },
  "new-unit": {
    title: "a service talks that was never seen in this segment before",
    severity: "notice",
    remedy: "See whether it is meant (`bulkhead flows --unit UNIT`); acknowledge it if it is.",
    quiet: DAY,
  },
  "certificate-ending": {
    title: "a host's certificate ends soon, and was not renewed in time",
    severity: "warning",
    remedy:
      "See the host's journal for `certificate could not be renewed`, and both clocks. After its end it can be renewed for the time of `bulkhead settings grace`; then the host has to join again.",
    quiet: LOOKED_AT,
  },
  "certificate-refused": {
    title: "somebody was refused at the door for agents",
    severity: "warning",
    remedy:
      "See both clocks and whether the host was revoked. Where nobody knows the address, somebody tries an old or foreign certificate.",
    quiet: HOUR,
  },
  "records-lost": {
    title: "records of connections were lost",
    severity: "warning",
    remedy:
      "`bulkhead flows` shows what, where and how many. A flood, a full disk or a slow machine is the cause; enforcement is not touched.",
    quiet: HOUR,
  },
  "records-refused": {
    title: "a host reports what it may not, or too much",
    severity: "warning",
    remedy:
      "An agent that was tampered with invents records. See the host; `bulkhead host revoke` ends its say.",
    quiet: HOUR,
  },
  "address-conflict": {
    title: "a host claims an address that it does not get",
    severity: "warning",
    remedy:
      "Two hosts cannot have one address: see which of them is right. An address outside its token's blocks needs another token.",
    quiet: LOOKED_AT,
  },
  "store-full": {
    title: "the server's disk is full",
    severity: "critical",
    remedy:
      "Make room where the data directory is, or give flows less (`bulkhead settings flows-size`). Agents keep their reports meanwhile.",
    quiet: LOOKED_AT,
  },
  "approvals-lowered": {
    title: "fewer people have to approve a version than before",
    severity: "critical",
    remedy:
      "See that it was meant (`bulkhead history --about approvals`), and what was provisioned since; `bulkhead settings approvals N` asks for more again.",
    quiet: DAY,
  },
  "rolled-back-unapproved": {
    title: "a version came into force again without approval",
    severity: "warning",
    remedy:
      "In an emergency that is what `rollback` is for. Look at what the version allows, and have the next one approved.",
    quiet: DAY,
  },
  "approval-doubtful": {
    title: "an approval may be the author's own",
    severity: "warning",
    remedy:
      "The author had a hand in the approver's account lately. Ask the approver in person; `bulkhead account show NAME` lists the account's sessions.",
    quiet: DAY,
  },
  "delivery-failing": {
    title: "a receiver is not told what it should be",
    severity: "warning",
    remedy:
      "`bulkhead receiver show NAME` says why, `bulkhead receiver test NAME` tries it. Nothing is lost meanwhile as long as it is kept here.",
    quiet: LOOKED_AT,
  },
  "delivery-lost": {
    title: "a receiver was never told of something",
    severity: "warning",
    remedy:
      "What it refused, or what went before it could be told, is missing there: `bulkhead receiver show NAME` counts it. Longer retention (`bulkhead settings`) covers longer failures.",
    quiet: DAY,
  },
  "alert-storm": {
    title: "more alerts of a kind than are told one by one",
    severity: "warning",
    remedy: "Look for a common cause first; those that last are told once there is room.",
    quiet: 10 * MINUTE,
  },
} as const satisfies Record<string, AlertKind>;

export type AlertKindName = keyof typeof ALERT_KINDS;

/** Of an alert that a newer or an older server may have opened. */
export function alertKind(name: string): AlertKind | undefined {
  return Object.hasOwn(ALERT_KINDS, name) ? ALERT_KINDS[name as AlertKindName] : undefined;
}

/** Something that a rule has found. */
export interface Finding {
  readonly kind: AlertKindName;
  /** What it is about; one alert is open for each kind and this. */
  readonly about: string;
  /** What happened, in one sentence, with names and numbers. */
  readonly words: string;
  /** Plain JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** How often it was seen since it was found last; 1 where it is not said, 0 for what lasts. */
  readonly times?: number;
}
