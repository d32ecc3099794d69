/** Builds the dashboard into dist/: names with hashes, nothing inline, each text file also compressed, as the server sends them; and in dist/.parts the npm packages that are in it. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const COMPRESSIBLE = /\.(?:js|css|svg|html)$/;
const LEAST_BYTES = 1_024;

function compressed(folder: string): Plugin {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        const path = join(folder, entry);
        if (!COMPRESSIBLE.test(path)) continue;
        const bytes = readFileSync(path);
        if (bytes.length < LEAST_BYTES) continue;
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
      }
    },
  };
}

/** One folder (`node_modules/react`) a line, for whoever gives the dashboard on and owes their authors their terms. */
function parts(root: string): Plugin {
  return {
    name: "parts",
    apply: "build",
    generateBundle(_options, output) {
      const modules = Object.values(output).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
      const folders = modules.flatMap(
        (id) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(relative(root, id))?.[0] ?? [],
      );
      this.emitFile({
        type: "asset",
        fileName: ".parts",
        source: `${[...new Set(folders)].sort().join("\n")}\n`,
      });
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [compressed(join(import.meta.dirname, "dist")), parts(join(import.meta.dirname, ".."))],
  build: {
    // Map.prototype.getOrInsertComputed and light-dark(): browsers of 2026.
    target: "esnext",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: { onLog: (level, log, say) => log.code === "MODULE_LEVEL_DIRECTIVE" || say(level, log) },
  },
});
