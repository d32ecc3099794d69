/** Which server is asked, and how it is reached. */

/** `socket`: on the server's own machine. `tls`: over the network, trusting one authority alone. */
export type Target =
  | { readonly kind: "socket"; readonly path: string }
  | {
      readonly kind: "tls";
      /** `https://HOST:PORT`. */
      readonly origin: string;
      /** The root certificate, PEM. */
      readonly authority: string;
      /** Without it, only what anyone may ask is answered. */
      readonly token?: string;
    };

/** As errors name it. */
export function nameOf(target: Target): string {
  return target.kind === "socket" ? target.path : target.origin;
}
