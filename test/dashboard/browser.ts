/** A real browser on an estate's host, which notes all that a page should never do. */

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import axe, { type AxeResults } from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Host } from "../estate/host.ts";
import { ESTATE_PREFIX, SCRATCH } from "../estate/place.ts";

const CHROMIUM = process.env.BULKHEAD_CHROMIUM ?? "/usr/bin/chromium";
/**
 * WebGL is drawn by the processor, and only WebGL: with `--use-angle=swiftshader` all of a page is, at twice the cost. Nothing is asked of anybody
 * outside.
 */
const WORDS = [
  "--no-sandbox",
  "--enable-unsafe-swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
];

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The browser's own words on the console do not come for reports alone. */
const TELL_VIOLATIONS = `addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
  console.error("Content Security Policy: " + [violatedDirective, blockedURI, sourceFile].join(" ")))`;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export class Reader {
  readonly page: Page;
  /** Errors on the console, exceptions, requests to anybody else, and what the security policy stopped. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;
  readonly #options: BrowserContextOptions;
  readonly #undo: AsyncDisposableStack;

  private constructor(
    browser: Browser,
    options: BrowserContextOptions,
    page: Page,
    undo: AsyncDisposableStack,
  ) {
    this.#browser = browser;
    this.#options = options;
    this.page = page;
    this.#undo = undo;
  }

  /** Starts it in the host's network; it trusts any certificate, as somebody does who has compared the authority's fingerprint. */
  static async start(host: Host, size: Size, colorScheme: "light" | "dark" = "light"): Promise<Reader> {
    const inside = host.namespace.inside([CHROMIUM]).map((word) => `'${word}'`);
    const launcher = await host.write("chromium", `#!/bin/sh\nexec ${inside.join(" ")} "$@"\n`);
    await chmod(launcher, 0o755);
    return Reader.open(launcher, size, colorScheme);
  }

  /** On this machine's own loopback. */
  static async open(
    executablePath = CHROMIUM,
    size: Size = { width: 1280, height: 800 },
    colorScheme: "light" | "dark" = "light",
  ): Promise<Reader> {
    await using undo = new AsyncDisposableStack();
    // It does not always take away what it writes there. Where this process is killed, the next estate does.
    const scratch = await mkdtemp(join(SCRATCH, `${ESTATE_PREFIX}${process.pid}-browser-`));
    undo.defer(() => rm(scratch, { recursive: true, force: true }));
    const env = { ...process.env, TMPDIR: scratch };
    const browser = await chromium.launch({ executablePath, args: WORDS, env });
    undo.defer(() => browser.close());
    const options = { ignoreHTTPSErrors: true, viewport: size, colorScheme };
    return await Reader.#of(browser, options, undo);
  }

  static async #of(
    browser: Browser,
    options: BrowserContextOptions,
    undo: AsyncDisposableStack,
  ): Promise<Reader> {
    const context = await browser.newContext(options);
    undo.defer(() => context.close());
    const reader = new Reader(browser, options, await context.newPage(), undo.move());
    await reader.#listen();
    return reader;
  }

  /** Somebody else at the same browser, who shares nothing with this one. */
  async other(): Promise<Reader> {
    await using undo = new AsyncDisposableStack();
    return await Reader.#of(this.#browser, this.#options, undo);
  }

  /** Leads to another address as a link of the dashboard does: without loading anything that is there already. */
  async goes(address: string): Promise<void> {
    await this.page.evaluate(
      `history.pushState(null, "", ${JSON.stringify(address)}); new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`,
    );
  }

  async #listen(): Promise<void> {
    const { page, complaints } = this;
    page.on("pageerror", (error) => complaints.push(`exception: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" || message.text().includes("Content Security Policy"))
        complaints.push(`console: ${message.text()} ${message.location().url}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (
        url.protocol !== "data:" &&
        url.protocol !== "blob:" &&
        url.hostname !== new URL(page.url()).hostname
      )
        if (page.url() !== "about:blank") complaints.push(`asked elsewhere: ${request.url()}`);
    });
    await page.addInitScript({ content: TELL_VIOLATIONS });
  }

  /** What axe finds wrong for those who do not see, or not well: by all rules of WCAG 2.2 A and AA, or by one. */
  async obstacles(rule?: string): Promise<readonly string[]> {
    const { page } = this;
    const runOnly = rule === undefined ? RULES : { type: "rule", values: [rule] };
    // Of what passes nothing is told, and no style is fetched again, as all of them are the page's own: that is more than half of the work.
    const options = { runOnly, resultTypes: ["violations"], preload: false };
    if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
    // What is still fading in has not its colours yet.
    await page.evaluate("Promise.allSettled(document.getAnimations().map(({ finished }) => finished))");
    const found = await page.evaluate<AxeResults["violations"]>(
      `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
    );
    return found.map(({ id, nodes }) => {
      const where = nodes.map(({ target, failureSummary }) =>
        `${target} ${failureSummary}`.replace(/\s+/g, " "),
      );
      return `${id}: ${where.join(" | ")}`;
    });
  }

  async end(): Promise<void> {
    await this.#undo.disposeAsync();
  }
}
