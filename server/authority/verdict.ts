/** What a host's certificate is worth at a moment. */

import type { HostCertificate, RefusedCertificate } from "./host-certificate.ts";

/** Times are in milliseconds since 1970. The words of `expired` and `not-yet-valid` bear the certificate's time and the clock's, since either clock may be wrong. */
export type CertificateVerdict =
  | ({ readonly kind: "valid" } & HostCertificate)
  | ({ readonly kind: "expired" | "not-yet-valid"; readonly why: string } & HostCertificate)
  | RefusedCertificate;

/** As OpenSSL has it, a certificate is good from the moment when it begins until just before the one when it ends. */
export function verdictAt(certificate: HostCertificate, now: number): CertificateVerdict {
  const { notBefore, notAfter } = certificate;
  if (now < notBefore)
    return { kind: "not-yet-valid", why: timeWords("begins", notBefore, now), ...certificate };
  if (now >= notAfter) return { kind: "expired", why: timeWords("ended", notAfter, now), ...certificate };
  return { kind: "valid", ...certificate };
}

function timeWords(verb: "begins" | "ended", time: number, now: number): string {
  const [there, here] = [time, now].map((at) => new Date(at).toISOString());
  return `the certificate ${verb} at ${there}, and the server's clock says ${here}; one of the two clocks may be wrong`;
}
