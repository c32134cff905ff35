// What every page must stand: axe in light and dark, and a picture of it, narrow and wide.

import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";
import path from "node:path";
import { ROOT } from "./machine";

/** WCAG 2.2 AA, with all it builds on. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const PICTURES = path.join(ROOT, "end2end/test-results/pictures");

/** Judges the page as it stands, in light and dark, and keeps pictures of it at 390 and 1440 pixels. */
export async function look(page: Page, name: string): Promise<void> {
  await test.step(`look at ${name}`, async () => {
    const before = page.viewportSize();
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await withoutSideways(page, `${name}, ${scheme}, ${width}`);
        await accessible(page, `${name}, ${scheme}, ${width}`);
        await page.screenshot({ path: path.join(PICTURES, `${name}-${scheme}-${width}.png`), fullPage: true });
      }
    }
    await page.emulateMedia({ colorScheme: null, reducedMotion: null });
    if (before) await page.setViewportSize(before);
  });
}

/** No rule of WCAG 2.2 AA that axe can check is broken. */
export async function accessible(page: Page, what: string): Promise<void> {
  // In the page itself: no page of ours holds frames of others, and a tab per look would take most of the time.
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).setLegacyMode(true).analyze();
  const told = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`) }));
  expect(told, `axe: ${what}`).toEqual([]);
}

/** WCAG 1.4.10: a page never scrolls sideways (a table may, within its own frame). */
async function withoutSideways(page: Page, what: string): Promise<void> {
  const beyond = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  // Asked until it holds: the browser lays a page out some time after its window has changed.
  await expect.poll(beyond, { message: `scrolls sideways: ${what}` }).toBeLessThanOrEqual(0);
}
