// The ERP checklist, as a tenant's admin goes through it behind a setup link.

import { type Browser, type Locator, type Page, expect } from "@playwright/test";
import { type ErpApp, elsewhere, passOn, signInAs } from "./microsoft";
import { copied, hydrated, open, portal, signIn } from "./portal";
import type { Watch } from "./test";

export type Step = "sign-in" | "service-user" | "admin-consent" | "app-role" | "test-sign-in";

export const step = (page: Page, name: Step): Locator => page.locator(`[data-step="${name}"]`);

/** Waits until the step stands there; live, so nothing is loaded anew for it. */
export async function stands(page: Page, name: Step, state: "to-do" | "done" | "failed" | "waiting"): Promise<void> {
  await expect(step(page, name), `${name} is ${state}`).toHaveAttribute("data-step-state", state);
}

/** Opens a step, if it is not. */
export async function unfold(page: Page, name: Step): Promise<Locator> {
  const found = step(page, name);
  if ((await found.getAttribute("open")) === null) await found.locator("summary").first().click();
  await expect(found).toHaveAttribute("open", "");
  return found;
}

/** Presses a button of a step, which it opens first. */
export async function press(page: Page, name: Step, button: string | RegExp): Promise<void> {
  await (await unfold(page, name)).getByRole("button", { name: button }).click();
}

/** An owner, in a browser of their own, makes a link to the organization's checklist. */
export async function setupLink(page: Page, organization: string): Promise<string> {
  await open(page, portal.path(organization, "setup-links"));
  await page.getByLabel("Directory Sync").uncheck();
  await page.getByRole("button", { name: "Make setup link" }).click();
  await hydrated(page);
  return copied(page, page.getByRole("button", { name: "Copy Setup link" }));
}

/** A customer's admin comes in by the link, in a browser of their own, and opens the checklist. */
export async function begin(browser: Browser, watch: Watch, link: string): Promise<Page> {
  const page = await elsewhere(browser, watch);
  await page.goto(link);
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("link", { name: /ERP checklist/ }).click();
  await hydrated(page);
  return page;
}

/** The first step: signs in at Microsoft as this person. */
export async function signInStep(page: Page, upn: string): Promise<void> {
  await press(page, "sign-in", "Sign in with Microsoft");
  await signInAs(page, upn);
  await hydrated(page);
  await stands(page, "sign-in", "done");
}

/** The third step: consents for the tenant. Whoever is signed in at Microsoft already is not asked who they are. */
export async function consentStep(page: Page): Promise<void> {
  await press(page, "admin-consent", "Grant consent at Microsoft");
  await passOn(page);
  await hydrated(page);
  await stands(page, "admin-consent", "done");
}

/** The second step: searches and chooses this user. */
export async function chooseStep(page: Page, name: string): Promise<void> {
  const found = await unfold(page, "service-user");
  await found.getByRole("searchbox").fill(name);
  await found.getByRole("button", { name: "Search" }).click();
  await hydrated(page);
  await page.getByRole("button", { name: `Choose ${name}` }).click();
  await expect(page.getByRole("status").filter({ hasText: "Service user chosen" })).toBeVisible();
  await hydrated(page);
  await stands(page, "service-user", "done");
}

/** The last step: tests the sign-in as somebody. */
export async function testStep(page: Page, upn: string): Promise<void> {
  await press(page, "test-sign-in", "Sign in as the service user");
  await signInAs(page, upn);
  await hydrated(page);
}

/** An admin at the checklist of an app, behind a link that the command-line owner made. */
export async function admin(browser: Browser, watch: Watch, truvio: ErpApp): Promise<Page> {
  const owner = await elsewhere(browser, watch);
  await signIn(owner);
  const link = await setupLink(owner, truvio.organization);
  await owner.context().close();
  return begin(browser, watch, link);
}

/** Sees that a page is still the one it was: nothing on it was loaded anew. */
export async function unloaded(page: Page): Promise<() => Promise<void>> {
  const origin = () => page.evaluate(() => performance.timeOrigin);
  const before = await origin();
  return async () => expect(await origin(), "without a reload").toBe(before);
}
