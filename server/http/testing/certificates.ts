/** Certificates for tests: an authority, and servers that it vouches for. */

import "reflect-metadata";
import { createHash, X509Certificate as NodeCertificate, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { KeyPair } from "../listening.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 86_400_000;

interface KeysOfTest {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

export interface TestAuthority {
  /** The root certificate, PEM. */
  readonly pem: string;
  /** SHA-256, 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** For localhost and 127.0.0.1, or for a host that asks others. */
  issue(purpose?: "server" | "client"): Promise<KeyPair>;
}

export async function testAuthority(name = "test authority"): Promise<TestAuthority> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const keys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: `CN=${name}`,
    ...validity(),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const pem = `${root.toString("pem")}\n`;
  return {
    pem,
    fingerprint: createHash("sha256")
      .update(new NodeCertificate(pem).publicKey.export({ type: "spki", format: "der" }))
      .digest("hex"),
    issue: async (purpose = "server") => {
      const own = await newKeys();
      const usage =
        purpose === "server" ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: "02",
        subject: "CN=localhost",
        issuer: root.subject,
        ...validity(),
        signingAlgorithm: ALGORITHM,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.ExtendedKeyUsageExtension([usage], true),
          new x509.SubjectAlternativeNameExtension([
            { type: "dns", value: "localhost" },
            { type: "ip", value: "127.0.0.1" },
          ]),
        ],
      });
      return { key: await privatePem(own.privateKey), certificate: `${certificate.toString("pem")}\n` };
    },
  };
}

function validity() {
  return { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
}

async function newKeys(): Promise<KeysOfTest> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as KeysOfTest;
}

async function privatePem(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
}
