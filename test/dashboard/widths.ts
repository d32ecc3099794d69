/** Whether a page fits into windows of several widths: nothing but what scrolls by itself is wider, and all of the navigation can be clicked. */

import type { Page } from "playwright-core";

/** A phone, and the two at which the dashboard is looked at all day. */
const WIDTHS = [390, 1920, 1280] as const;

/** Runs in the page: what is wider than the window, and by which of its parts. */
const WIDE = `(() => {
  const found = [];
  const named = (one) => one.tagName.toLowerCase() + [...one.classList].map((name) => "." + name).join("");
  const scrolls = (one, whole) =>
    one !== whole && (getComputedStyle(one).overflowX !== "visible" || scrolls(one.parentElement, whole));
  for (const whole of [document.documentElement, document.body, document.getElementById("main")]) {
    if (whole.scrollWidth <= whole.clientWidth) continue;
    const right = whole.getBoundingClientRect().left + whole.clientWidth;
    const wide = [...whole.querySelectorAll("*")].filter(
      (one) => one.getBoundingClientRect().right > right + 0.5 && !scrolls(one.parentElement, whole));
    found.push(named(whole) + " is " + whole.scrollWidth + " wide in " + whole.clientWidth + " by " + wide.slice(0, 8).map(named).join(" "));
  }
  return found;
})()`;

/** Runs in the page: of the navigation, which may scroll, all that is scrolled to has to be there and in front. */
const WAYS = `[...document.querySelectorAll("nav a, nav button")].flatMap((way) => {
  way.scrollIntoView({ block: "nearest", inline: "nearest" });
  const { x, y, width, height } = way.getBoundingClientRect();
  const there = document.elementFromPoint(x + width / 2, y + height / 2);
  const isThere = there !== null && way.contains(there);
  return isThere || way.matches(".menu-button") ? [] : ["nobody can click " + (way.ariaLabel ?? way.textContent)];
})`;

/** What of a page does not fit. */
export function cramped(page: Page): Promise<readonly string[]> {
  return atEachWidth(page, () => looked(page, WIDE));
}

/** What of the navigation cannot be reached; on a phone it is behind a button. */
export function unreachable(page: Page): Promise<readonly string[]> {
  const menu = page.locator("nav .menu-button");
  return atEachWidth(page, async () => {
    if (!(await menu.isVisible())) return looked(page, WAYS);
    await menu.click();
    const found = await looked(page, WAYS);
    await menu.click();
    return found;
  });
}

/** The window is as it was afterwards. */
async function atEachWidth(page: Page, look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const before = page.viewportSize();
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    found.push(...(await look()).map((words) => `${width}: ${words}`));
  }
  if (before !== null) await page.setViewportSize(before);
  return found;
}

/** As it is when the page has taken its new size. */
function looked(page: Page, script: string): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(
    `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(${script}))))`,
  );
}
