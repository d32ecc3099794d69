/** An API token's text: `bulkhead-api-1.ID.SECRET`, and `.FINGERPRINT` where it also tells its bearer which authority to trust. */

export interface TokenText {
  /** Base64url; shown in lists. */
  readonly id: string;
  /** Base64url of 256 bits. */
  readonly secret: string;
  /** SHA-256 of the authority's root certificate (DER), 64 hexadecimal digits; the client looks at it, the server does not. */
  readonly fingerprint?: string;
}

const TOKEN = /^bulkhead-api-1\.([\w-]{11})\.([\w-]{43})(?:\.([0-9a-f]{64}))?$/;

export function tokenText({ id, secret, fingerprint }: TokenText): string {
  const text = `bulkhead-api-1.${id}.${secret}`;
  return fingerprint === undefined ? text : `${text}.${fingerprint}`;
}

/** Undefined for what is no token. */
export function parseToken(text: string): TokenText | undefined {
  const [, id, secret, fingerprint] = TOKEN.exec(text) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  return fingerprint === undefined ? { id, secret } : { id, secret, fingerprint };
}
