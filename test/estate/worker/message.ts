/** All conversations consist of messages of this many bytes, so that a TCP stream can be counted as well as datagrams. */
export const MESSAGE_BYTES = 16;

/** The message number `sequence`. */
export function message(sequence: number): Buffer {
  const bytes = Buffer.alloc(MESSAGE_BYTES, ".");
  bytes.writeUInt32BE(sequence >>> 0, 0);
  return bytes;
}

/** How the other end of a socket is called in counts. */
export function peerName(address: string | undefined, port: number | undefined): string {
  return `${(address ?? "").replace(/^::ffff:(?=\d+\.)/, "")}:${port ?? 0}`;
}

/** The name of a system error, such as `ECONNRESET`. */
export function errorName(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
