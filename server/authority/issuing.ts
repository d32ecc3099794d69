/** The certificates that the authority gives away: one for the server itself, one for each host. */

import { createPublicKey, generateKeyPairSync, type KeyObject, type X509Certificate } from "node:crypto";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { formatAddress, parseAddress } from "@bulkhead/shared/net/address.ts";
import { invisibleIn } from "@bulkhead/shared/policy/read/names.ts";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
} from "@peculiar/x509";
import { hostUri, isHostId, LONGEST_NAME } from "./host-certificate.ts";
import { readHostKey } from "./public-key.ts";
import { assertInForce, type Root } from "./root.ts";
import { sign, validityFrom } from "./signing.ts";

const DAY = 24 * 3_600;

/** Letters, digits and inner hyphens, in lower case: a name as DNS has it, of 253 characters at most. */
const DNS_NAME = /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/;

/** What both kinds of certificate need besides what they say. */
export interface Issue {
  readonly root: Root;
  readonly serial: Buffer;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface HostRequest {
  readonly host: { readonly id: string; readonly name: string };
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Buffer;
  /** How long from now. */
  readonly seconds: number;
}

/** Throws `server/certificate-refused`, `server/authority-out-of-time`. */
export async function certifyHost(
  issue: Issue,
  { host, publicKey, seconds }: HostRequest,
): Promise<X509Certificate> {
  const key = readHostKey(publicKey)?.key;
  if (key === undefined)
    throw refused("the host's public key is neither P-256 (with an uncompressed point) nor Ed25519");
  if (!isHostId(host.id)) throw refused(`'${host.id}' cannot be a host's id in a certificate`);
  const fault = invisibleIn(host.name);
  if (host.name === "" || host.name.length > LONGEST_NAME || fault !== undefined)
    throw refused(
      `the host's name ${fault ?? `has ${host.name.length} characters, expected 1 to ${LONGEST_NAME}`}`,
    );
  const names: JsonGeneralName[] = [{ type: "url", value: hostUri(host.id) }];
  return leaf(issue, { subject: host.name, key, seconds, names, purpose: ExtendedKeyUsage.clientAuth });
}

/** A fresh key and its certificate for all of the names: DNS names and addresses. Throws as `certifyHost` does. */
export async function certifyServer(
  issue: Issue,
  { names, days }: { names: readonly string[]; days: number },
): Promise<{ privateKey: KeyObject; certificate: X509Certificate }> {
  if (names.length === 0)
    throw refused("the server's certificate needs a name: give it one that agents can use");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = await leaf(issue, {
    subject: "Bulkhead server",
    key: createPublicKey(privateKey),
    seconds: days * DAY,
    names: names.map(serverName),
    purpose: ExtendedKeyUsage.serverAuth,
  });
  return { privateKey, certificate };
}

interface Leaf {
  readonly subject: string;
  readonly key: KeyObject;
  readonly seconds: number;
  readonly names: JsonGeneralName[];
  readonly purpose: ExtendedKeyUsage;
}

function leaf({ root, serial, now }: Issue, { subject, key, seconds, names, purpose }: Leaf) {
  assertInForce(root, now);
  if (!Number.isSafeInteger(seconds) || seconds < 1)
    throw refused(`a certificate cannot be good for ${seconds} seconds`);
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([purpose], true),
    new SubjectAlternativeNameExtension(names),
  ];
  const validity = validityFrom(now, seconds, root.validity.notAfter);
  return sign({ subject, publicKey: key, validity, serial, extensions }, root.privateKey);
}

function serverName(name: string): JsonGeneralName {
  const address = parseAddress(name);
  if (address !== undefined) return { type: "ip", value: formatAddress(address) };
  const value = name.toLowerCase();
  if (!DNS_NAME.test(value)) throw refused(`'${name}' is neither a DNS name nor an address`);
  return { type: "dns", value };
}

function refused(message: string): BulkheadError {
  return new BulkheadError("server/certificate-refused", message);
}
