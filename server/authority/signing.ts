/** The one place that makes certificates: what is said of a key, signed by a root. */

// The library below finds its parts by decorators, which need this first.
import "reflect-metadata";
import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  type Extension,
  Name,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { publicKeyHash } from "./public-key.ts";

const MINUTE = 60_000;

/** How far back a certificate begins, so that a host whose clock is a little slow can use it at once. */
const BACK = 5 * MINUTE;

/** When a certificate is good: milliseconds since 1970, in whole seconds as X.509 has them. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What a certificate says. */
export interface Statement {
  /** The subject's common name. */
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly validity: Validity;
  /** 16 random bytes. */
  readonly serial: Buffer;
  /** Purpose and further names; the identifiers of both keys are added. */
  readonly extensions: readonly Extension[];
}

/** A certificate over the statement, signed with a root's private key. The issuer's name is the root's. */
export async function sign(statement: Statement, rootKey: KeyObject): Promise<X509Certificate> {
  const issuer = createPublicKey(rootKey);
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const made = await X509CertificateGenerator.create({
    serialNumber: statement.serial.toString("hex"),
    subject: commonName(statement.subject),
    issuer: commonName(rootName(issuer)),
    notBefore: new Date(statement.validity.notBefore),
    notAfter: new Date(statement.validity.notAfter),
    publicKey: new Uint8Array(statement.publicKey.export({ format: "der", type: "spki" })),
    signingKey: rootKey.toCryptoKey(algorithm, false, ["sign"]),
    signingAlgorithm: algorithm,
    extensions: [
      ...statement.extensions,
      new SubjectKeyIdentifierExtension(keyIdentifier(statement.publicKey)),
      new AuthorityKeyIdentifierExtension(keyIdentifier(issuer)),
    ],
  });
  return new X509Certificate(Buffer.from(made.rawData));
}

/** Each root has a name of its own, so that a chain of certificates leads to the right one. */
export function rootName(publicKey: KeyObject): string {
  return `Bulkhead authority ${publicKeyHash(publicKey).slice(0, 16)}`;
}

/** From a little before `now` for so many seconds after it, and never longer than the root itself. */
export function validityFrom(now: number, seconds: number, limit = Number.POSITIVE_INFINITY): Validity {
  return {
    notBefore: wholeSecond(now - BACK),
    notAfter: Math.min(wholeSecond(now + seconds * 1_000), limit),
  };
}

/** The times that a certificate bears. */
export function validityOf(certificate: X509Certificate): Validity {
  return {
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
  };
}

function wholeSecond(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000) * 1_000;
}

/** As UTF-8 whatever the text: the library would read a text that begins with '#' as bytes. */
function commonName(text: string): Name {
  return new Name([{ CN: [{ utf8String: text }] }]);
}

/** 160 bits of the key's hash (RFC 7093, method 4). */
function keyIdentifier(key: KeyObject): string {
  return publicKeyHash(key).slice(0, 40);
}
