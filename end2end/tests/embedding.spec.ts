// The portal within an app's own page, on another site: it works there for whom the app registered, and for nobody else.

import { writeFileSync } from "node:fs";
import type { Browser, FrameLocator, Page } from "@playwright/test";
import { type Heard, Site, listen } from "../support/embedding";
import { look } from "../support/look";
import { CONTOSO, PEOPLE, elsewhere, erpApp, microsoft, signInAs } from "../support/microsoft";
import { copied, hydrated, open, portal, shownToken } from "../support/portal";
import { type Watch, expect, test as base } from "../support/test";

const test = base.extend<{ site: Site; stranger: Site }>({
  site: async ({}, use) => {
    const site = await Site.start();
    await use(site);
    await site.stop();
  },
  /** A site that nobody registered. */
  stranger: async ({}, use) => {
    const site = await Site.start();
    await use(site);
    await site.stop();
  },
});

/** A PNG of one pixel. */
const LOGO = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/** Makes a setup link as an owner does. */
async function setupLink(owner: Page, organization: string): Promise<string> {
  await open(owner, portal.path(organization, "setup-links"));
  await owner.getByRole("button", { name: "Make setup link" }).click();
  await hydrated(owner);
  return copied(owner, owner.getByRole("button", { name: "Copy Setup link" }));
}

/** A customer's browser without script. */
async function plainly(browser: Browser, watch: Watch): Promise<Page> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", javaScriptEnabled: false });
  await watch.over(context);
  return context.newPage();
}

const frame = (page: Page): FrameLocator => page.frameLocator("#setup");

/** The frame is alive. */
async function alive(page: Page): Promise<void> {
  await expect(frame(page).locator("html")).toHaveAttribute("data-hydrated", /.*/);
}

const height = (page: Page) => page.locator("#setup").evaluate((element) => element.style.height);

/** The frame is as high as the portal within it says it is. */
async function fits(page: Page): Promise<void> {
  const inside = () => frame(page).locator("body").evaluate((body: HTMLElement) => `${body.offsetHeight}px`);
  await expect.poll(async () => (await height(page)) === (await inside())).toBe(true);
}

/** Looks at the page with the portal in it; nothing moves any more afterwards. */
async function lookAround(page: Page, name: string): Promise<void> {
  await look(page, name);
  await fits(page);
}

/** Clicks in the frame, and answers the window that opens. */
async function opens(page: Page, name: string): Promise<Page> {
  const [window] = await Promise.all([page.context().waitForEvent("page"), frame(page).getByRole("button", { name, exact: true }).first().click()]);
  return window;
}

const of = (heard: Heard[], type: string) => heard.filter(({ data }) => data.type === type).map(({ data }) => data);

test("a customer's IT goes on from an app's own page, and the page learns of it", async ({ owner, browser, watch, site }, info) => {
  watch.allow(/status of 401/);
  const { app, name, organization } = await erpApp();
  const logo = info.outputPath("logo.png");
  writeFileSync(logo, Buffer.from(LOGO, "base64"));
  portal.command("app", "set", "--app", app, "--embed-origin", site.origin, "--embed-origin", "https://other.example", "--accent", "#c2185b", "--logo", logo);
  const link = await setupLink(owner, organization);
  const admin = await elsewhere(browser, watch);
  const heard = await listen(admin);
  await site.show(admin, link);
  await expect(frame(admin).getByRole("heading", { level: 1, name: `Set up ${name} for Contoso` })).toBeVisible();
  await alive(admin);
  await expect.poll(async () => of(await heard(), "ready").length).toBe(1);
  await lookAround(admin, "embedded-door");
  await frame(admin).getByRole("button", { name: "Begin" }).click();
  await expect(frame(admin).getByRole("link", { name: /ERP checklist/ })).toBeVisible();
  await alive(admin);
  await lookAround(admin, "embedded-home");

  // It wears the app's look.
  const brand = frame(admin).locator("a.brand");
  await expect(brand).toHaveText(name);
  await expect(brand.locator("img")).toHaveJSProperty("naturalWidth", 1);
  const title = await frame(admin).locator("html").evaluate((html) => html.ownerDocument.title);
  expect(title).toContain(name);
  expect(title).not.toContain("Rollcall");

  // The frame is as high as the portal says it is.
  const low = await height(admin);
  await frame(admin).getByRole("link", { name: /ERP checklist/ }).click();
  await alive(admin);
  await fits(admin);
  expect(await height(admin)).not.toBe(low);
  await lookAround(admin, "embedded-onboarding");

  // Microsoft opens in a window of its own, and the frame goes on by itself.
  const window = await opens(admin, "Sign in with Microsoft");
  await signInAs(window, PEOPLE.megan);
  await expect(window).toHaveURL(`${portal.url}/setup/back`);
  await expect(window.getByRole("heading", { level: 1, name: "That is done" })).toBeVisible();
  await look(window, "embedded-back");
  await window.close();
  await expect(frame(admin).getByText(/Megan Bowen/).first()).toBeVisible();
  await expect.poll(async () => of(await heard(), "step_done")).toEqual([{ source: "rollcall", type: "step_done", checklist: "erp", step: "sign-in" }]);
  await expect(admin.locator("#said")).toHaveText("Done: erp, sign-in");
  expect(admin.frames().map((one) => new URL(one.url()).origin)).toEqual([site.origin, portal.url]);

  // So does consent, which ends here with a no.
  await frame(admin).locator('[data-step="admin-consent"] > summary').click();
  const consent = await opens(admin, "Grant consent at Microsoft");
  await consent.getByRole("button", { name: "Cancel" }).click();
  await expect(consent).toHaveURL(`${portal.url}/setup/back`);
  await consent.close();
  await expect(frame(admin).locator('[data-step="admin-consent"]')).toHaveAttribute("data-step-state", "failed");

  await open(owner, portal.path(organization, "setup-links"));
  await owner.getByRole("button", { name: "Revoke…" }).click();
  await owner.getByRole("dialog").getByRole("button", { name: "Revoke setup link" }).click();
  await expect.poll(async () => of(await heard(), "expired").length).toBe(1);
  await expect(frame(admin).getByRole("heading", { level: 1, name: "Open your setup link" })).toBeVisible();
  await expect(admin.locator("#said")).toHaveText("The setup link is over. Ask for a new one.");
  await lookAround(admin, "embedded-expired");

  // Every word of it came from the portal, and none names anybody.
  const all = await heard();
  expect(all.every(({ origin, data }) => origin === portal.url && data.source === "rollcall")).toBe(true);
  expect(JSON.stringify(all)).not.toMatch(/megan|contoso|rollcall_|@/i);
  await admin.context().close();
});

test("secrets come in a window of their own, never within another page", async ({ owner, browser, watch, site }) => {
  const app = portal.app("Framed Secrets").id;
  portal.command("app", "set", "--app", app, "--embed-origin", site.origin);
  const organization = portal.organization("Framed Customer", app).id;
  const admin = await elsewhere(browser, watch);
  const heard = await listen(admin);
  await site.show(admin, await setupLink(owner, organization));
  await frame(admin).getByRole("button", { name: "Begin" }).click();
  await frame(admin).getByRole("link", { name: /Directory Sync/ }).click();
  await frame(admin).getByRole("link", { name: /^Entra ID/ }).click();
  await expect(frame(admin).getByRole("heading", { level: 2, name: /Entra ID/ })).toBeVisible();
  await alive(admin);
  await lookAround(admin, "embedded-configure");
  await expect(frame(admin).getByRole("button", { name: "Configure" })).toHaveCount(0);
  const window = await opens(admin, "Open in a window of its own");
  await window.getByRole("button", { name: "Configure" }).click();
  const token = await shownToken(window);
  await frame(admin).getByRole("link", { name: "Directory Sync", exact: true }).click();
  await expect(frame(admin).getByText("0 of 10 done")).toBeVisible();
  await alive(admin);
  await lookAround(admin, "embedded-directory-sync");
  expect(await frame(admin).locator("html").innerHTML()).not.toContain(token);
  expect(JSON.stringify(await heard())).not.toContain(token);
  await admin.context().close();
});

test("without script the way to Microsoft opens a window too", async ({ owner, browser, watch, site }) => {
  watch.allow(/rollcall\.wasm was preloaded using link preload but not used|status of 403/);
  const { app, organization } = await erpApp();
  portal.command("app", "set", "--app", app, "--embed-origin", site.origin);
  const upn = await microsoft.hire(CONTOSO, "Nora", "Noscript");
  const admin = await plainly(browser, watch);
  await site.show(admin, await setupLink(owner, organization));
  await frame(admin).getByRole("button", { name: "Begin" }).click();
  await frame(admin).getByRole("link", { name: /ERP checklist/ }).click();
  const window = await opens(admin, "Sign in with Microsoft");
  await window.getByLabel("User principal name", { exact: true }).fill(upn);
  await window.getByRole("button", { name: "Next" }).click();
  await window.getByRole("button", { name: "Cancel" }).or(window.getByRole("button", { name: /Return to/ })).first().click();
  await expect(window).toHaveURL(/\/setup\/back\?failed=/);
  await expect(window.getByRole("heading", { level: 1, name: "That was not done" })).toBeVisible();
  expect(admin.frames().map((one) => new URL(one.url()).origin)).toEqual([site.origin, portal.url]);
  await admin.context().close();
});

test("nobody else frames the portal, and nobody frames the console", async ({ owner, browser, watch, site, stranger }) => {
  watch.allow(/frame-ancestors|X-Frame-Options|status of 40(1|4)/);
  const app = portal.app("Framed by One").id;
  portal.command("app", "set", "--app", app, "--embed-origin", site.origin);
  const link = await setupLink(owner, portal.organization("Framed by One Customer", app).id);
  const page = await elsewhere(browser, watch);
  await site.show(page, link);
  await expect(frame(page).getByRole("button", { name: "Begin" })).toBeVisible();
  const refused = async (from: Site, address: string) => {
    const said = page.waitForEvent("console", (line) => /frame-ancestors|X-Frame-Options/.test(line.text()));
    await from.show(page, address);
    await said;
    await expect.poll(() => page.frames()[1]?.url(), { message: `${address} in a frame of ${from.origin}` }).toMatch(/^chrome-error:/);
  };
  await refused(stranger, link);
  await refused(stranger, "/setup");
  // An owner's own browser, on the page of the very app.
  for (const address of ["/setup", "/organizations", "/people", "/signed-out", "/nothing"]) await refused(site, address);
  await page.context().close();
});
