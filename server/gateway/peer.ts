/** Who is at the other end of a TLS connection: a host that has joined, by its certificate, looked up anew each time. */

import type { Authority } from "../authority/authority.ts";
import type { HostStore, StoredHost } from "../store/estate/host-store.ts";

export interface PeerParts {
  readonly authority: Authority;
  readonly hosts: HostStore;
  readonly now: () => number;
}

/** Of Node's `TLSSocket`. */
export interface CertifiedSocket {
  getPeerCertificate(): { readonly raw?: Buffer };
}

export type Peer =
  | { readonly kind: "host"; readonly host: StoredHost; readonly serial: string; readonly notAfter: number }
  /** A host whose certificate has ended: it may renew it, and nothing else. */
  | {
      readonly kind: "expired";
      readonly host: StoredHost;
      readonly serial: string;
      readonly notAfter: number;
      readonly why: string;
    }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "nobody" };

/** TLS has proved that the peer holds the key of its certificate; this says whose it is, and whether it still counts. */
export async function peerOf(socket: CertifiedSocket, { authority, hosts, now }: PeerParts): Promise<Peer> {
  const { raw } = socket.getPeerCertificate();
  if (raw === undefined) return { kind: "nobody" };
  const found = await authority.check(raw, now());
  if (found.kind === "refused") return { kind: "refused", why: found.why };
  const { serial, publicKeyHash, notAfter } = found;
  const host = hosts.byId(found.host.id);
  if (host === undefined || !hosts.hasCertificate({ serial, host: host.id, publicKey: publicKeyHash }))
    return { kind: "refused", why: "this server has not issued the certificate, or has forgotten the host" };
  if (host.revokedAt !== undefined)
    return { kind: "refused", why: `the host was revoked at ${new Date(host.revokedAt).toISOString()}` };
  if (found.kind === "not-yet-valid") return { kind: "refused", why: found.why };
  if (found.kind === "expired") return { kind: "expired", host, serial, notAfter, why: found.why };
  return { kind: "host", host, serial, notAfter };
}
