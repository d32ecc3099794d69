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

/** What does not fit, at any of the widths; the window is as it was afterwards. */
export async function cramped(page: Page): Promise<readonly string[]> {
  const before = page.viewportSize();
  const menu = page.locator("nav .menu-button");
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const here = await looked(page, WIDE);
    const hasMenu = await menu.isVisible();
    if (hasMenu) await menu.click();
    here.push(...(await looked(page, WAYS)));
    if (hasMenu) await menu.click();
    found.push(...here.map((words) => `${width}: ${words}`));
  }
  if (before !== null) await page.setViewportSize(before);
  return found;
}

/** As it is when the page has taken its new size. */
function looked(page: Page, script: string): Promise<string[]> {
  return page.evaluate<string[]>(
    `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(${script}))))`,
  );
}
