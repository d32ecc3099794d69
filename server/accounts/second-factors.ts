/** The second factor: an authenticator's codes (TOTP), and recovery codes for when it is lost. */

import { randomBytes } from "node:crypto";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { SecondFactorStore } from "../store/accounts/second-factor-store.ts";
import { newRecoveryCode, RECOVERY_CODES, recoveryHash } from "./recovery-code.ts";
import { base32, otpauthUri, stepOf } from "./totp.ts";

/** The length that RFC 4226 (4, R6) recommends. */
const SECRET_BYTES = 20;
/** A secret that was shown and not confirmed is of no use later. */
const OFFER_MILLISECONDS = 15 * 60_000;

/** What an authenticator is told; it is told once. */
export interface OfferedFactor {
  /** Base32. */
  readonly secret: string;
  /** `otpauth://…`, for a QR code. */
  readonly uri: string;
}

export class SecondFactors {
  readonly #store: SecondFactorStore;
  readonly #now: () => number;

  constructor(store: SecondFactorStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  isNeeded(account: string): boolean {
    return this.#store.find(account)?.confirmedAt != null;
  }

  /** A new secret, which counts once a code of it was shown. Throws `server/second-factor-there`. */
  offer(account: string): OfferedFactor {
    const secret = randomBytes(SECRET_BYTES);
    if (!this.#store.offer(account, secret, this.#now()))
      throw new BulkheadError("server/second-factor-there", `'${account}' has a second factor already`);
    return { secret: base32(secret), uri: otpauthUri(secret, { issuer: "Bulkhead", account }) };
  }

  /** Gives the recovery codes, which are told once. Throws `server/second-factor-there`, `server/code-wrong`. */
  confirm(account: string, code: string): readonly string[] {
    const at = this.#now();
    const offered = this.#store.find(account);
    if (offered?.confirmedAt != null)
      throw new BulkheadError("server/second-factor-there", `'${account}' has a second factor already`);
    const isOpen = offered !== undefined && at - offered.createdAt < OFFER_MILLISECONDS;
    const step = isOpen ? stepOf(offered.secret, code, at) : undefined;
    if (step === undefined)
      throw new BulkheadError(
        "server/code-wrong",
        isOpen ? "the code is not the one of this moment" : "no second factor was asked for lately",
      );
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    const hashes = codes.flatMap((code) => recoveryHash(code) ?? []);
    this.#store.confirm(account, { at, step, codes: hashes });
    return codes;
  }

  /** Whether the code is right, and has not been shown before; a recovery code is used up. */
  take(account: string, code: string): boolean {
    const factor = this.#store.find(account);
    if (factor?.confirmedAt == null) return false;
    const recovery = recoveryHash(code);
    if (recovery !== undefined) return this.#store.useCode(account, recovery);
    const step = stepOf(factor.secret, code.trim(), this.#now());
    return step !== undefined && this.#store.useStep(account, step);
  }

  /** Whether there was one. */
  remove(account: string): boolean {
    return this.#store.remove(account);
  }
}
