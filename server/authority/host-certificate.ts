/** What a host's certificate says, read from bytes that anybody may have sent. */

import { type KeyObject, X509Certificate } from "node:crypto";
import { publicKeyHash } from "./public-key.ts";
import { type Validity, validityOf } from "./signing.ts";

/** Far above what ours come to. */
const LARGEST = 4_096;

/** Characters of a host's name: as in a policy. */
export const LONGEST_NAME = 128;

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

export interface HostCertificate extends Validity {
  readonly host: { readonly id: string; readonly name: string };
  /** 32 hexadecimal digits. */
  readonly serial: string;
  /** SHA-256 over the host's SubjectPublicKeyInfo, 64 hexadecimal digits. */
  readonly publicKeyHash: string;
}

export interface RefusedCertificate {
  readonly kind: "refused";
  readonly why: string;
}

/** As it stands in a certificate's subject alternative name. */
export function hostUri(id: string): string {
  return `bulkhead:host:${id}`;
}

/** An id is opaque; these characters mean nothing to anybody who reads or prints a certificate. */
export function isHostId(id: string): boolean {
  return /^[A-Za-z\d][\w.-]{0,63}$/.test(id);
}

/** Whether one of the roots signed this, as a host's certificate; its times are not looked at. Never throws, whatever the bytes. */
export function readHostCertificate(
  der: Buffer,
  roots: readonly KeyObject[],
): HostCertificate | RefusedCertificate {
  const certificate = parse(der);
  if (certificate === undefined) return refuse("it is no X.509 certificate in DER");
  // Nothing else is looked at before: all that follows was written by us.
  if (!roots.some((root) => certificate.verify(root))) return refuse("it was not signed by this authority");
  if (certificate.keyUsage?.includes(SERVER_AUTH)) return refuse("it is a server's, not a host's");
  const id = /^URI:bulkhead:host:(.*)$/.exec(certificate.subjectAltName ?? "")?.[1];
  const name = certificate.toLegacyObject().subject.CN;
  if (certificate.ca || certificate.keyUsage?.join() !== CLIENT_AUTH || id === undefined || !isHostId(id))
    return refuse("it is not a host's");
  if (typeof name !== "string") return refuse("it names no host");
  return {
    host: { id, name },
    serial: serialOf(certificate),
    publicKeyHash: publicKeyHash(certificate.publicKey),
    ...validityOf(certificate),
  };
}

/** 32 hexadecimal digits, in lower case. */
export function serialOf(certificate: X509Certificate): string {
  return certificate.serialNumber.toLowerCase().padStart(32, "0");
}

/** OpenSSL would also take PEM, and bytes after the end. */
function parse(der: Buffer): X509Certificate | undefined {
  if (der.length > LARGEST) return undefined;
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

function refuse(why: string): RefusedCertificate {
  return { kind: "refused", why };
}
