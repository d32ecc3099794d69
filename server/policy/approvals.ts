/** The second person: before a version is made active, enough people who are not its author have approved just this, on just these grounds. */

import { createHash } from "node:crypto";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ApprovalStore, StoredApproval } from "../store/estate/approval-store.ts";
import type { SettingStore } from "../store/estate/settings.ts";
import type { Estate } from "./estate.ts";
import type { Judging } from "./judging/thread.ts";
import type { Versions } from "./versions.ts";

/** Who does something. */
export interface Actor {
  /** As the history names them. */
  readonly name: string;
  /** Their account, also behind a token of theirs; undefined for whoever sits at the server's machine. */
  readonly account?: string;
}

export interface ApprovalsParts {
  readonly store: ApprovalStore;
  readonly versions: Versions;
  readonly estate: Estate;
  readonly judging: Judging;
  readonly settings: SettingStore;
  /** Whether this account may approve now, and is the same as at that moment (milliseconds since 1970). */
  readonly mayApprove: (account: string, at: number) => boolean;
  readonly now: () => number;
}

export interface Approval extends StoredApproval {
  /** Why it does not count, in words; undefined where it does. */
  readonly invalid: string | undefined;
}

/** What stands behind a version that is made active. */
export interface Approved {
  readonly needed: number;
  /** The names of accounts. */
  readonly by: readonly string[];
}

/** What was approved longer ago was approved of another estate. */
const APPROVAL_DAYS = 7;
const DAY_MILLISECONDS = 86_400_000;
/** Of a version that says nothing of itself. */
const NO_PROOF = "";

export class Approvals {
  readonly #parts: ApprovalsParts;

  constructor(parts: ApprovalsParts) {
    this.#parts = parts;
  }

  /** By so many people besides its author a version has to be approved. */
  get needed(): number {
    return this.#parts.settings.all().approvals;
  }

  /** Whether the version is this account's own. Throws `server/no-version`. */
  isAuthor(number: number, account: string): boolean {
    const { author, authorAccount } = this.#parts.versions.find(number);
    return account === (authorAccount ?? author);
  }

  /** Throws `server/no-version`, `server/approval-refused` for the version's author, `server/overloaded`. */
  async approve(
    number: number,
    by: { readonly account: string; readonly note: string; readonly doubts: readonly string[] },
  ): Promise<void> {
    const { store, versions, now } = this.#parts;
    if (this.isAuthor(number, by.account))
      throw new BulkheadError(
        "server/approval-refused",
        `'${by.account}' is the author of version ${number}, and nobody approves their own draft`,
      );
    const { digest } = versions.find(number);
    const revision = versions.revision();
    const proof = await this.#proof(number);
    if (versions.revision() !== revision)
      throw new BulkheadError(
        "server/approval-refused",
        "another version was made active meanwhile: look at what this one changes now",
      );
    store.put({ policy: number, ...by, at: now(), digest, revision, proof });
  }

  /** Throws `server/no-version`, `server/approval-refused` where there is none. */
  withdraw(number: number, account: string): void {
    this.#parts.versions.find(number);
    if (!this.#parts.store.remove(number, account))
      throw new BulkheadError("server/approval-refused", `'${account}' has not approved version ${number}`);
  }

  /** All approvals of a version, the oldest first, each with why it does not count. Throws `server/no-version`, `server/overloaded`. */
  async of(number: number): Promise<readonly Approval[]> {
    this.#parts.versions.find(number);
    if (this.#parts.store.of(number).length === 0) return [];
    const proof = await this.#proof(number);
    // Read after the wait: what has happened meanwhile counts.
    return this.#parts.store.of(number).map((approval) => this.#judged(approval, proof));
  }

  /** By version, how many approvals count. The tests and invariants are not asked: provisioning does that. */
  counts(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    for (const approval of this.#parts.store.all())
      if (this.#judged(approval, approval.proof).invalid === undefined)
        counts.set(approval.policy, (counts.get(approval.policy) ?? 0) + 1);
    return counts;
  }

  /**
   * That this version may be made active by somebody. Where nobody knows the author (a draft from the server's machine, or by a token that was made there), whoever makes it active is not
   * whoever approved it, so that there are two people at least. Throws `server/no-version`, `server/approval-needed`, `server/overloaded`.
   */
  async assertApproved(number: number, actor: Actor): Promise<Approved> {
    if (this.needed === 0) return { needed: 0, by: [] };
    const all = await this.of(number);
    const { needed } = this;
    const { author, authorAccount } = this.#parts.versions.find(number);
    const isOwn = ({ account }: Approval) => authorAccount === null && account === actor.account;
    const by = all.filter((one) => one.invalid === undefined && !isOwn(one)).map(({ account }) => account);
    if (by.length >= needed) return { needed, by };
    const others = all.flatMap((approval) => {
      const why = approval.invalid ?? (isOwn(approval) ? "whoever provisions is another person" : undefined);
      return why === undefined ? [] : [`the approval of ${approval.account} does not count: ${why}`];
    });
    const people = needed === 1 ? "1 person" : `${needed} people`;
    throw new BulkheadError(
      "server/approval-needed",
      [
        `version ${number} of ${author} has to be approved by ${people}, and ${by.length} did`,
        ...others,
      ].join("; "),
    );
  }

  #judged(approval: StoredApproval, proof: string): Approval {
    return { ...approval, invalid: this.#problem(approval, proof) };
  }

  #problem({ policy, account, at, digest, revision, ...approval }: StoredApproval, proof: string) {
    const { versions, mayApprove, now } = this.#parts;
    if (this.isAuthor(policy, account)) return "it is their own draft";
    if (!mayApprove(account, at)) return "the account is gone, disabled, or has a lower role";
    if (digest !== versions.find(policy).digest) return "the version was another one";
    if (revision !== versions.revision())
      return "a version was made active since, so that this one changes something else";
    if (now() - at > APPROVAL_DAYS * DAY_MILLISECONDS) return `it is older than ${APPROVAL_DAYS} days`;
    if (approval.proof !== proof)
      return "hosts have changed since, and the version's tests or invariants say something else of them";
    return undefined;
  }

  /** A digest of which tests pass and which invariants hold on the hosts that there are. */
  async #proof(number: number): Promise<string> {
    const { versions, judging, estate } = this.#parts;
    const policy = versions.policy(number);
    if (policy.tests.length + policy.invariants.length === 0) return NO_PROOF;
    const { tests, invariants } = await judging.prove(estate.judgingTask(versions.files(number)));
    const said = [tests.map(({ passed }) => passed), invariants.map(({ holds }) => holds)];
    return createHash("sha256").update(JSON.stringify(said)).digest("hex");
  }
}
