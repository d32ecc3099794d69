import { closeSync, writeSync } from "node:fs";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import { errnoName } from "../netlink/errno.ts";
import { lastErrno, memoryFile } from "../netlink/libc.ts";

/** A file descriptor from which a program reads this text from its beginning; no disk, full or read-only, is asked. The caller closes it. */
export function textInMemory(text: string): number {
  const fd = memoryFile("bulkhead-nft");
  if (fd < 0) throw unwritable(errnoName(lastErrno()));
  const bytes = Buffer.from(text, "utf8");
  try {
    // At a position, which leaves the descriptor's own at 0 for the reader.
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw unwritable(String(error));
  }
}

function unwritable(reason: string): BulkheadError {
  return new BulkheadError(
    "kernel/nft-unreadable",
    `what nft should read cannot be kept in memory: ${reason}`,
    {
      remedy: "This host is out of memory or of file descriptors: free some, and try again.",
    },
  );
}
