/** A real browser on an estate's host, which notes all that a page should never do. */

import { chmod } from "node:fs/promises";
import axe, { type AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Host } from "../estate/host.ts";

const CHROMIUM = process.env.BULKHEAD_CHROMIUM ?? "/usr/bin/chromium";
/** WebGL is drawn by the processor; nothing is asked of anybody outside. */
const WORDS = [
  "--no-sandbox",
  "--use-angle=swiftshader",
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

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
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
    const browser = await chromium.launch({ executablePath, args: WORDS });
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: size, colorScheme });
    const reader = new Reader(browser, await context.newPage());
    await reader.#listen();
    return reader;
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
    const runOnly = rule === undefined ? RULES : { type: "rule", values: [rule] };
    await this.page.evaluate(axe.source);
    const found = await this.page.evaluate<AxeResults>(
      `axe.run(document, { runOnly: ${JSON.stringify(runOnly)} })`,
    );
    return found.violations.map(({ id, nodes }) => {
      const where = nodes.map(({ target, failureSummary }) =>
        `${target} ${failureSummary}`.replace(/\s+/g, " "),
      );
      return `${id}: ${where.join(" | ")}`;
    });
  }

  async end(): Promise<void> {
    await this.#browser.close();
  }
}
