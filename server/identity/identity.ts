/** Signing in elsewhere: which provider, on the way there, and back. */

import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import type { ProvidedAccounts } from "../accounts/provided-accounts.ts";
import type { OpenedSession } from "../accounts/sessions.ts";
import type { TellAccount } from "../accounts/signing-in.ts";
import type { ProviderStore } from "../store/accounts/provider-store.ts";
import { claimsProblem, namesFor, rightsOf } from "./claims.ts";
import { PendingSignIns } from "./pending-sign-ins.ts";
import { type Endpoints, type Identified, Provider } from "./provider.ts";
import { ProviderConfiguration } from "./provider-configuration.ts";

export interface IdentityParts {
  readonly store: ProviderStore;
  readonly accounts: ProvidedAccounts;
  readonly now: () => number;
  /** `https://HOST:PORT` by which browsers reach this server, where the configuration does not say. */
  readonly ownUrl: () => string;
  readonly tell: TellAccount;
  readonly warn: (fields: object, words: string) => void;
}

/** On the way to the provider. */
export interface Begun {
  readonly url: string;
  /** Of the cookie by which the browser shows that it is the one. */
  readonly secret: string;
  readonly expiresAt: number;
}

export const CALLBACK_PATH = "/signin/provider/callback";

interface Configured {
  readonly configuration: ProviderConfiguration;
  readonly secret: string | null;
  readonly provider: Provider;
}

export class Identity {
  readonly #parts: IdentityParts;
  readonly #pending: PendingSignIns;
  #set: Configured | undefined;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
    this.#pending = new PendingSignIns(parts.now);
    const kept = parts.store.find();
    const read = ProviderConfiguration.safeParse(kept?.configuration);
    if (kept !== undefined && read.success) this.#use(read.data, kept.secret);
    else if (kept !== undefined)
      parts.warn({}, "the identity provider's configuration cannot be read by this server");
  }

  /** Undefined where nobody signs in elsewhere. */
  get configuration(): ProviderConfiguration | undefined {
    return this.#set?.configuration;
  }

  get hasSecret(): boolean {
    return this.#set?.secret != null;
  }

  /** To which the provider sends browsers back; it has to be registered there. */
  get redirectUri(): string {
    return `${this.#set?.configuration.url ?? this.#parts.ownUrl()}${CALLBACK_PATH}`;
  }

  /**
   * @param secret undefined: the one that is known, which goes to no other issuer or client than before. Whoever signed in at another issuer has to sign in again.
   * Throws `server/invalid-request`.
   */
  set(configuration: ProviderConfiguration, secret: string | null | undefined): void {
    const before = this.#set;
    const isSame =
      before?.configuration.issuer === configuration.issuer &&
      before.configuration.clientId === configuration.clientId;
    if (secret === undefined && !isSame)
      throw new BulkheadError(
        "server/invalid-request",
        "another issuer or client needs its own secret: the known one is not sent to it",
      );
    const next = secret === undefined ? (before?.secret ?? null) : secret;
    this.#parts.store.put({ configuration, secret: next });
    this.#pending.clear();
    this.#use(configuration, next);
    if (before !== undefined && before.configuration.issuer !== configuration.issuer)
      this.#parts.accounts.endAll();
  }

  /** Nobody signs in elsewhere any more, and who did is signed out. Throws `server/no-provider`. */
  remove(): void {
    if (!this.#parts.store.remove()) throw none();
    this.#pending.clear();
    this.#set = undefined;
    this.#parts.accounts.endAll();
  }

  /** Throws `server/no-provider`, `server/provider-unreachable`, `server/provider-untrusted`. */
  endpoints(): Promise<Endpoints> {
    return this.#needed().provider.endpoints();
  }

  /** @param to a path on our own page. Throws as `endpoints`, and `server/invalid-request` for an address elsewhere. */
  async begin(to: string): Promise<Begun> {
    const { provider } = this.#needed();
    const { url, pending } = await provider.begin(this.redirectUri, ownPath(to));
    return { url, ...this.#pending.add(pending) };
  }

  /**
   * @param back the secret of the cookie, the query of the address to which the browser came back, and from where it asks.
   * Throws `server/sign-in-expired`, `server/no-role`, `server/account-disabled`, and as `Provider.finish`.
   */
  async finish(back: {
    readonly secret: string | undefined;
    readonly query: string;
    readonly address: string | undefined;
  }): Promise<{ readonly opened: OpenedSession; readonly to: string }> {
    const { provider, configuration } = this.#needed();
    const pending = back.secret === undefined ? undefined : this.#pending.take(back.secret);
    if (pending === undefined)
      throw new BulkheadError(
        "server/sign-in-expired",
        "this sign-in is not on its way here, or was used already",
      );
    const who = await this.#believed(provider, pending, back);
    const rights = claimsProblem(who.claims, configuration) ?? rightsOf(who.claims, configuration);
    if (rights === undefined || typeof rights === "string") {
      const why = rights ?? `the claim '${configuration.groupsClaim}' names no group that has a role here`;
      this.#parts.accounts.turnAway(who.issuer, who.subject, why);
      throw new BulkheadError("server/no-role", `${configuration.name} knows you, and ${why}`);
    }
    const { issuer, subject, claims } = who;
    const provided = { issuer, subject, names: namesFor(claims), ...rights, address: back.address };
    return { opened: this.#parts.accounts.signIn(provided), to: pending.to };
  }

  async #believed(
    provider: Provider,
    pending: Parameters<Provider["finish"]>[0],
    { query, address }: { readonly query: string; readonly address: string | undefined },
  ): Promise<Identified> {
    try {
      return await provider.finish(pending, query);
    } catch (error) {
      const { message: why } = error as Error;
      this.#parts.warn({ address, why }, "somebody came back from the identity provider in vain");
      this.#parts.tell({
        kind: "sign-in-failed",
        who: "anyone",
        about: this.configuration?.issuer ?? "",
        facts: { what: "provider", address, why },
      });
      throw error;
    }
  }

  #use(configuration: ProviderConfiguration, secret: string | null): void {
    const provider = new Provider({ configuration, secret, now: this.#parts.now });
    this.#set = { configuration, secret, provider };
  }

  #needed(): Configured {
    if (this.#set === undefined) throw none();
    return this.#set;
  }
}

function none(): BulkheadError {
  return new BulkheadError("server/no-provider", "no identity provider is set");
}

/** Throws `server/invalid-request` for what a browser would take for an address elsewhere. */
function ownPath(to: string): string {
  // Browsers read `/\evil.example` and tabs in between as they please, so only what is plain goes.
  const isPlain = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(to) && to.length <= 1_024;
  const isOwn = isPlain && new URL(to, "https://here.invalid").origin === "https://here.invalid";
  if (!isOwn || /^\/(api|signin)(\/|$)/.test(to))
    throw new BulkheadError("server/invalid-request", "the address to return to is no page of this server");
  return to;
}
