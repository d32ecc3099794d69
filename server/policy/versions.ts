/** The policy's versions: checked on arrival, never changed, read anew where they are needed. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { parsePolicy } from "@bulkhead/shared/policy/parse.ts";
import type { Policy } from "@bulkhead/shared/policy/policy.ts";
import type { Problem } from "@bulkhead/shared/policy/problem.ts";
import { filesDigest } from "../store/estate/files-digest.ts";
import type { Activation, PolicyFile, PolicyStore, StoredVersion } from "../store/estate/policy-store.ts";
import type { ActivePolicy } from "./distribution.ts";

export interface PushedBy {
  /** As the history names them. */
  readonly author: string;
  /** Their account, also where a token of theirs pushes; undefined where nobody knows. */
  readonly account?: string | undefined;
  readonly message: string;
}

export interface Pushed {
  /** Undefined where there are errors: then nothing was kept. */
  readonly number: number | undefined;
  readonly problems: readonly Problem[];
}

/** As many read versions are kept at hand. */
const MOST_READ = 4;

export class Versions {
  readonly #store: PolicyStore;
  readonly #now: () => number;
  readonly #read = new Map<number, Policy>();

  constructor(store: PolicyStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Checks a draft, and keeps nothing. */
  read(files: readonly PolicyFile[]): { readonly policy?: Policy; readonly problems: readonly Problem[] } {
    return parsePolicy(files, { now: this.#now() });
  }

  /** Checks and keeps a draft. The same files as the newest version make no new one. */
  push(files: readonly PolicyFile[], { author, account, message }: PushedBy): Pushed {
    const { policy, problems } = this.read(files);
    if (policy === undefined) return { number: undefined, problems };
    const digest = filesDigest(files);
    const [newest] = this.#store.all();
    if (newest?.digest === digest) return { number: newest.number, problems };
    const at = this.#now();
    const number = this.#store.add({ author, authorAccount: account ?? null, at, message, digest, files });
    return { number, problems };
  }

  /** A host has what this server has never provisioned: it was restored from an older backup. No later version gets its number, no later activation its revision. */
  reserve({ version, revision }: Pick<ActivePolicy, "version" | "revision">): void {
    this.#store.reserve({ version, revision });
  }

  /** Of the version that is active; 0 before the first. */
  revision(): number {
    return this.#store.activations(1)[0]?.id ?? 0;
  }

  /** The highest number that a version here has. */
  newest(): number {
    return this.#store.all()[0]?.number ?? 0;
  }

  /** Newest first. */
  all(): readonly StoredVersion[] {
    return this.#store.all();
  }

  activations(): readonly Activation[] {
    return this.#store.activations();
  }

  /** Throws `server/no-version`. */
  find(number: number): StoredVersion {
    return this.#stored(number);
  }

  files(number: number): readonly PolicyFile[] {
    return this.#stored(number).files;
  }

  /** Throws `server/no-version`. */
  policy(number: number): Policy {
    const known = this.#read.get(number);
    if (known !== undefined) return known;
    const { policy, problems } = parsePolicy(this.#stored(number).files);
    if (policy === undefined)
      throw new BulkheadError(
        "server/version-unreadable",
        `version ${number} of the policy cannot be read by this server: ${problems[0]?.message ?? "no policy"}`,
      );
    if (this.#read.size >= MOST_READ) this.#read.delete(this.#read.keys().next().value ?? 0);
    this.#read.set(number, policy);
    return policy;
  }

  active(): ActivePolicy | undefined {
    const [latest] = this.#store.activations(1);
    return latest && this.activeAs(latest.policy, latest.id);
  }

  /**
   * `revision`: one that was reserved for this version before, as hosts follow it already.
   * Throws `server/no-version`.
   */
  activate(number: number, by: string, kind: Activation["kind"], revision?: number): ActivePolicy {
    this.policy(number);
    const activation = { policy: number, at: this.#now(), by, kind };
    return this.activeAs(number, this.#store.activate(activation, revision));
  }

  /** A revision for a version that is not active yet; no other activation gets it. */
  reserveRevision(): number {
    const revision = this.#store.nextRevision();
    this.#store.reserve({ version: 0, revision });
    return revision;
  }

  /** The version that was active before this one. Throws `server/no-version`. */
  before(): number {
    const [now, ...earlier] = this.#store.activations();
    const previous = earlier.find(({ policy }) => policy !== now?.policy);
    if (previous === undefined)
      throw new BulkheadError("server/no-version", "no other version of the policy was active before");
    return previous.policy;
  }

  /** Throws `server/no-version`. */
  activeAs(version: number, revision: number): ActivePolicy {
    return { version, revision, content: this.#stored(version).digest, policy: this.policy(version) };
  }

  #stored(number: number) {
    const found = this.#store.find(number);
    if (found === undefined)
      throw new BulkheadError("server/no-version", `there is no version ${number} of the policy`);
    return found;
  }
}
