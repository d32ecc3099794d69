/** The dashboard's files. They hold nothing of the estate, so anyone may have them; what they show they ask the API for. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { BulkheadError } from "@bulkhead/shared/errors/bulkhead-error.ts";
import files from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** A folder that has been built: `index.html`, and in `assets/` files with a hash in their names. */
export interface Pages {
  readonly folder: string;
}

/** Whether there is something to serve. */
export function areBuilt({ folder }: Pages): boolean {
  return existsSync(join(folder, "index.html"));
}

const FOREVER = "public, max-age=31536000, immutable";
/** Asked again each time, and answered with 304 where it is the same. */
const ASK_AGAIN = "no-cache";

/** `GET` of all that no route answers: a file, or for an address inside the dashboard its one page. Never below `/api/`. */
export async function addPages(app: FastifyInstance, pages: Pages | undefined): Promise<void> {
  if (pages === undefined) return;
  const { folder } = pages;
  if (!areBuilt(pages)) {
    app.get("/", { config: { needed: "anyone" } }, () => {
      throw new BulkheadError("server/no-dashboard", `there is no ${join(folder, "index.html")}`);
    });
    return;
  }
  // By name: a path that is asked for is compared with these, and opens nothing by itself.
  const known = new Set(filesIn(folder));
  await app.register(files, { root: folder, serve: false, preCompressed: true, cacheControl: false });
  app.get("/*", { config: { needed: "anyone" } }, (request, reply) => {
    const path = (request.params as { "*": string })["*"];
    if (known.has(path) && path !== "index.html")
      return send(reply, path, path.startsWith("assets/") ? FOREVER : ASK_AGAIN);
    if (!isPage(path, request))
      throw new BulkheadError("server/unknown-path", "nothing answers to GET at this path");
    return send(reply, "index.html", ASK_AGAIN);
  });
}

function send(reply: FastifyReply, path: string, cacheControl: string): FastifyReply {
  return reply.header("cache-control", cacheControl).sendFile(path);
}

/** An address that somebody typed or followed, as against what a page or a program asks for. */
function isPage(path: string, { headers }: FastifyRequest): boolean {
  return !path.startsWith("api/") && (headers.accept ?? "").includes("text/html");
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
