/** A root of the authority: a P-256 key and the certificate that it signed for itself. */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from "node:crypto";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension } from "@peculiar/x509";
import { pathOf, type StoredRoot, writeRootFile } from "./root-files.ts";
import { rootName, sign, type Validity, validityFrom, validityOf } from "./signing.ts";

const TEN_YEARS = 10 * 365 * 24 * 3_600;

export interface Root {
  readonly generation: number;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly certificate: X509Certificate;
  readonly validity: Validity;
}

export interface RootSpec {
  readonly directory: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: (bytes: number) => Buffer;
}

/** Makes a new root and stores it, the key first. Throws `server/authority-unusable`. */
export async function makeRoot(spec: RootSpec, generation: number): Promise<Root> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const text = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  writeRootFile(spec.directory, { generation, kind: "key", text });
  return certify(spec, generation, privateKey);
}

/** Opens a stored root. Where only the key is there, because we were interrupted, the certificate is made anew. Throws `server/authority-unusable`. */
export async function openRoot(spec: RootSpec, { generation, key, certificate }: StoredRoot): Promise<Root> {
  const path = pathOf(spec.directory, generation, "key");
  if (key === undefined) throw unusable(`${path} is missing`);
  const privateKey = orUnusable(path, () => createPrivateKey(key));
  if (privateKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") throw unusable(`${path} is no P-256 key`);
  if (certificate === undefined) return certify(spec, generation, privateKey);
  const beside = pathOf(spec.directory, generation, "pem");
  const root = rootOf(
    generation,
    privateKey,
    orUnusable(beside, () => new X509Certificate(certificate)),
  );
  if (!root.certificate.ca || !root.certificate.verify(root.publicKey))
    throw unusable(`${beside} is not the certificate of ${path}`);
  return root;
}

/** The new root's key under the old root's name and signature: whoever knows the old root alone can so follow to the new one. */
export async function crossSign(spec: RootSpec, root: Root, old: Root): Promise<X509Certificate> {
  const notAfter = Math.min(root.validity.notAfter, old.validity.notAfter);
  return signRoot(spec, root.publicKey, { ...root.validity, notAfter }, old.privateKey);
}

/** Throws `server/authority-out-of-time` where nothing that the root signs now would be good now. */
export function assertInForce({ validity: { notBefore, notAfter } }: Root, now: number): void {
  if (notBefore <= now && now < notAfter) return;
  const [begins, ends, clock] = [notBefore, notAfter, now].map((time) => new Date(time).toISOString());
  throw new BulkheadError(
    "server/authority-out-of-time",
    `the authority's root is good from ${begins} to ${ends}, and this machine's clock says ${clock}`,
  );
}

async function certify(spec: RootSpec, generation: number, privateKey: KeyObject): Promise<Root> {
  const validity = validityFrom(spec.now, TEN_YEARS);
  const certificate = await signRoot(spec, createPublicKey(privateKey), validity, privateKey);
  writeRootFile(spec.directory, { generation, kind: "pem", text: certificate.toString() });
  return rootOf(generation, privateKey, certificate);
}

function signRoot(spec: RootSpec, publicKey: KeyObject, validity: Validity, signer: KeyObject) {
  const extensions = [
    new BasicConstraintsExtension(true, 1, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
  const statement = {
    subject: rootName(publicKey),
    publicKey,
    validity,
    serial: spec.random(16),
    extensions,
  };
  return sign(statement, signer);
}

function rootOf(generation: number, privateKey: KeyObject, certificate: X509Certificate): Root {
  const publicKey = createPublicKey(privateKey);
  return { generation, privateKey, publicKey, certificate, validity: validityOf(certificate) };
}

function orUnusable<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw unusable(`${path}: ${(error as Error).message}`);
  }
}

function unusable(message: string): BulkheadError {
  return new BulkheadError("server/authority-unusable", message);
}
