/** The join token that an operator carries from the server to a new host, and the texts that a host signs to prove that it holds its key. */

/** What a token says. The secret alone lets a host join; the fingerprint lets the host know the right server before it sends the secret. */
export interface JoinToken {
  /** 16 hexadecimal digits; no secret, may be shown and logged. */
  readonly id: string;
  /** 256 bits in base64url, 43 characters. Never shown again. */
  readonly secret: string;
  /** Of the authority's root: `sha256:` and 64 hexadecimal digits, over its SubjectPublicKeyInfo. */
  readonly fingerprint: string;
}

/** Why a text is no join token; the words never repeat the secret. None of these means that the server refused anything. */
export interface JoinTokenProblem {
  readonly kind: "no-token" | "version" | "cut" | "piece" | "checksum";
  readonly problem: string;
}

const VERSION = "1";
const PREFIX = `bulkhead-join-${VERSION}`;
const FORM = `${PREFIX}.ID.SECRET.AUTHORITY.CHECKSUM`;
const PIECES = FORM.split(".").length;

/** 32 bytes in base64url: the last of the 43 characters has two bits to spare, which are zero, so that there is one spelling only. */
const BYTES_32 = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** The token as one line: `bulkhead-join-1.<id>.<secret>.<authority>.<checksum>`. Throws RangeError for pieces that do not have their form. */
export function formatJoinToken({ id, secret, fingerprint }: JoinToken): string {
  const hash = Uint8Array.fromHex(fingerprint.replace(/^sha256:/, ""));
  const authority = hash.toBase64({ alphabet: "base64url", omitPadding: true });
  const text = `${PREFIX}.${id}.${secret}.${authority}`;
  const token = `${text}.${checksum(text)}`;
  const read = parseJoinToken(token);
  if ("problem" in read) throw new RangeError(read.problem);
  return token;
}

/** Reads a token; spaces and line breaks around it do not count. Never throws, whatever the text. */
export function parseJoinToken(text: string): JoinToken | JoinTokenProblem {
  const token = text.trim();
  const strange = /[^\w.-]/.exec(token);
  const version = /^bulkhead-join-(\d{1,9})(?:\.|$)/.exec(token)?.[1];
  if (version === undefined)
    return { kind: "no-token", problem: `this is no join token, expected ${FORM}, with '${PREFIX}.' first` };
  if (version !== VERSION)
    return {
      kind: "version",
      problem: `the join token has version ${version}, and this program reads version ${VERSION} only`,
    };
  if (strange)
    return {
      kind: "piece",
      problem: `the join token has a space, a line break or another strange character in place ${strange.index + 1}`,
    };
  return readPieces(token);
}

function readPieces(token: string): JoinToken | JoinTokenProblem {
  const pieces = token.split(".");
  const [, id = "", secret = "", authority = "", check = ""] = pieces;
  if (pieces.length !== PIECES)
    return {
      kind: "cut",
      problem: `the join token has ${pieces.length} pieces between its dots, expected ${PIECES}: ${FORM}`,
    };
  const problem =
    faultOf("id", id, 16, /^[\da-f]{16}$/) ??
    faultOf("secret", secret, 43, BYTES_32) ??
    faultOf("authority", authority, 43, BYTES_32) ??
    faultOf("checksum", check, 8, /^[\da-f]{8}$/);
  if (problem !== undefined) return { kind: "piece", problem };
  if (checksum(token.slice(0, token.lastIndexOf("."))) !== check)
    return {
      kind: "checksum",
      problem: "the join token's checksum is wrong: a character was changed on the way; copy it again",
    };
  return {
    id,
    secret,
    fingerprint: `sha256:${Uint8Array.fromBase64(authority, { alphabet: "base64url" }).toHex()}`,
  };
}

function faultOf(name: string, piece: string, length: number, form: RegExp): string | undefined {
  if (piece.length !== length)
    return `the join token's ${name} has ${piece.length} characters, expected ${length}; copy the token again`;
  return form.test(piece)
    ? undefined
    : `the join token's ${name} has a character that cannot stand there; copy the token again`;
}

/** CRC-32 (ISO 3309, as in gzip) of ASCII text, in 8 hexadecimal digits. It tells typing errors; it is no defence. */
function checksum(text: string): string {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (~crc >>> 0).toString(16).padStart(8, "0");
}

/** What a host signs to prove that the key which it wants to join with is its own. The nonce is the server's, fresh for each attempt. */
export function joinMessage(proof: { tokenId: string; publicKey: Uint8Array; nonce: string }): string {
  return `${PREFIX}\n${proof.tokenId}\n${proof.publicKey.toBase64()}\n${proof.nonce}`;
}

/** The same for a new key of a host that has joined. The nonce may be the serial of the certificate that is to be replaced. */
export function renewMessage(proof: { hostId: string; publicKey: Uint8Array; nonce: string }): string {
  return `bulkhead-renew-1\n${proof.hostId}\n${proof.publicKey.toBase64()}\n${proof.nonce}`;
}
