// A person without a mouse: everything is reached by Tab, and one always sees where one is.

import { type Locator, type Page, expect } from "@playwright/test";

const FURTHEST = 300;

/** Presses Tab until the element has the focus, and sees that the focus shows. */
export async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await expect(target).toBeVisible();
  for (let pressed = 0; pressed < FURTHEST; pressed++) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      expect(await shows(target), `the focus shows on ${target}`).toBe(true);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${target} is not reached by ${FURTHEST} times ${key}`);
}

/** Tabs to a button or link and presses Enter. */
export async function press(page: Page, target: Locator, key: "Enter" | "Space" = "Enter"): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** Tabs to a field, empties it and types. */
export async function type(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

/** Tabs to a field, empties it and pastes what was copied. */
export async function paste(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("ControlOrMeta+V");
}

/** An outline or a shadow, its own or that of the row it stands for: WCAG 2.4.7. */
function shows(target: Locator): Promise<boolean> {
  return target.evaluate((element) =>
    [undefined, "::after"].some((part) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element, part);
      return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
    }),
  );
}
