// The main job, end to end: from a one-time link to users on the page, and what comes after. Three times: by mouse, by
// keyboard alone, and without script. The customer's side is played in the Contoso admin center, in a second tab.

import type { Locator, Page } from "@playwright/test";
import { type Entra, figure, said } from "../support/entra";
import { paste, press, tabTo, type } from "../support/keyboard";
import { look } from "../support/look";
import { copied, health, hydrated, open, portal, secret, section, shownToken } from "../support/portal";
import { expect, test } from "../support/test";

/** One of Contoso's people carries this for a name. */
const HOSTILE = "<img src=x onerror=alert(1)>";

const step = (page: Page, name: string): Locator => page.locator(`[data-step="${name}"]`);

/** Sees that a page is still the one it was: nothing on it was loaded anew. */
async function unloaded(page: Page): Promise<() => Promise<void>> {
  const origin = () => page.evaluate(() => performance.timeOrigin);
  const before = await origin();
  return async () => expect(await origin(), "without a reload").toBe(before);
}

/** Pastes what was copied, as a person does. */
async function pasteInto(field: Locator): Promise<void> {
  await field.click();
  await field.press("ControlOrMeta+A");
  await field.press("ControlOrMeta+V");
}

/** In the admin center: another secret token, tested and saved. */
async function changeToken(contoso: Page, entra: Entra): Promise<void> {
  await contoso.goto(entra.page("/provisioning/settings"));
  await pasteInto(contoso.getByLabel("Secret token"));
  await contoso.getByRole("button", { name: "Test connection" }).click();
  await said(contoso, "Done", "The connection was tested.");
  await contoso.getByRole("button", { name: "Save" }).click();
  await said(contoso, "Done", "The provisioning settings were saved.");
}

async function cycle(contoso: Page, entra: Entra): Promise<void> {
  await contoso.goto(entra.page("/provisioning"));
  await contoso.getByRole("button", { name: "Run a cycle now" }).click();
}

test.describe("by mouse", () => {
  test.use({ tenant: { users: 250, groups: 20 } });

  test("from a one-time link to users on the page", async ({ page, context, entra }) => {
    test.setTimeout(300_000);
    const link = portal.bootstrapLink();
    const began = performance.now();
    const seconds = () => ((performance.now() - began) / 1000).toFixed(1);

    // The owner makes the organization and its directory.
    await page.goto(link);
    await page.getByRole("link", { name: "New organization" }).first().click();
    await page.getByLabel("Name", { exact: true }).fill("Contoso");
    await page.getByRole("button", { name: "Create organization" }).click();
    await page.getByRole("link", { name: /^Entra ID/ }).click();
    await page.getByRole("button", { name: "Configure" }).click();
    await hydrated(page);
    const token = await shownToken(page);
    const toToken = seconds();
    const endpoint = await copied(page, secret(page).getByRole("button", { name: "Copy Endpoint URL" }));

    // The customer's admin pastes the two values and tests the connection.
    const contoso = await context.newPage();
    await contoso.goto(entra.url);
    await contoso.getByRole("link", { name: "Enterprise applications" }).click();
    await contoso.getByRole("main").getByRole("link", { name: "Hero SaaS" }).click();
    await contoso.getByRole("link", { name: "Edit provisioning" }).click();
    await pasteInto(contoso.getByLabel("Tenant URL"));
    await expect(contoso.getByLabel("Tenant URL")).toHaveValue(endpoint);
    await page.bringToFront();
    expect(await copied(page, page.getByRole("button", { name: "Copy Bearer token" }))).toBe(token);
    const stays = await unloaded(page);
    await contoso.bringToFront();
    await pasteInto(contoso.getByLabel("Secret token"));
    await contoso.getByLabel("Source attribute of externalId").selectOption("objectId");
    await contoso.getByRole("button", { name: "Test connection" }).click();
    await expect(contoso.getByText("authorized to enable provisioning")).toBeVisible();
    await page.bringToFront();
    await expect(step(page, "TestConnection")).toContainText("A connection test arrived and was answered");
    await expect(step(page, "EnterCredentials")).toContainText("done");
    await stays();
    await expect(secret(page), "the token stays in sight until the owner has stored it").toContainText(token);
    await page.getByRole("link", { name: "I stored it" }).click();
    await hydrated(page);
    await expect(secret(page)).toHaveCount(0);

    // One user on demand proves the mapping.
    await contoso.bringToFront();
    await contoso.getByRole("button", { name: "Save" }).click();
    await said(contoso, "Done", "The provisioning settings were saved.");
    const { value: people } = await entra.control<{ value: { userPrincipalName: string; displayName: string }[] }>("GET", "/users?top=5");
    await contoso.getByRole("link", { name: "Provision on demand" }).first().click();
    await contoso.getByLabel("Select a user").fill(people[0]!.userPrincipalName);
    await contoso.getByRole("button", { name: "Provision", exact: true }).click();
    await said(contoso, "Done", "was provisioned.");
    await page.bringToFront();
    await expect(step(page, "MapExternalId")).toContainText("1 of 1 users carry their object ID");
    await expect(step(page, "ProvisionOnDemand"), "by itself, after the silence that proves it").toContainText("arrived alone");
    await look(page, "story-on-demand");

    // Provisioning starts, and the users appear while one watches.
    await page.getByRole("link", { name: "Users", exact: true }).click();
    await hydrated(page);
    await expect(page.getByText("1 user", { exact: true })).toBeVisible();
    const watched = await unloaded(page);
    await contoso.bringToFront();
    await contoso.goto(entra.page("/provisioning"));
    await contoso.getByRole("button", { name: "Start provisioning", exact: true }).click();
    await said(contoso, "Done", "Provisioning is on.");
    await page.bringToFront();
    await expect(page.locator("tbody tr").nth(20), "they come row by row").toBeVisible({ timeout: 60_000 });
    await expect(contoso.getByText("Initial cycle completed")).toBeVisible({ timeout: 120_000 });
    const [users, groups] = [Number(await figure(contoso, "Users")), Number(await figure(contoso, "Groups"))];
    expect(users).toBeGreaterThan(150);
    await expect(page.locator(".count")).toHaveText(`${users} users`);
    await watched();
    const toUsers = seconds();
    expect(await figure(contoso, "Deviations"), "our answers are Entra's").toBe("none");

    // What the portal knows of them.
    await page.getByRole("searchbox").fill("<img");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: HOSTILE }).click();
    await hydrated(page);
    await expect(page.getByRole("heading", { level: 1, name: HOSTILE }), "a hostile name is text").toBeVisible();
    await expect(page.locator('img[src="x"]')).toHaveCount(0);
    await section(page, "Member of").getByRole("link").first().click();
    await expect(section(page, /^Members/).getByRole("row").nth(1)).toBeVisible();
    await look(page, "story-group");
    await page.getByRole("navigation", { name: "You are here" }).getByRole("link", { name: "Contoso" }).click();
    await hydrated(page);
    await expect(page.getByText("10 of 10 done")).toBeVisible();
    await expect(health(page)).toContainText("Healthy");
    await expect(page.locator(".access-count")).toContainText(new RegExp(`users · ${groups} groups have access`));
    await look(page, "story-healthy");
    await page.getByRole("link", { name: "Activity" }).click();
    await expect(page.locator("tbody tr").first()).toBeVisible();
    await look(page, "story-activity");

    const told = `to the token ${toToken} s, to ${users} users and ${groups} groups on the page ${toUsers} s`;
    test.info().annotations.push({ type: "time", description: told });
    console.log(`the story by mouse: ${told}`);
  });
});

test("a token is rotated without a gap, revoked, missed and replaced", async ({ owner: page, context, entra }) => {
  test.setTimeout(240_000);
  const { organization, directory } = portal.connected("Adatum");
  const settings = { tenantUrl: directory.endpoint_url, secretToken: directory.bearer_token, externalId: "objectId" };
  await entra.control("PATCH", "/settings", settings);
  const contoso = await context.newPage();
  await contoso.goto(entra.page("/provisioning"));
  await contoso.getByRole("button", { name: "Start provisioning", exact: true }).click();
  await expect(contoso.getByText("Initial cycle completed")).toBeVisible({ timeout: 60_000 });

  // Overlap: the second token is in use before the first one ends.
  await open(page, portal.path(organization));
  await page.getByRole("button", { name: "Rotate token…" }).click();
  const rotate = page.getByRole("dialog", { name: "Rotate token" });
  await rotate.getByLabel("Token", { exact: true }).fill("Second");
  await rotate.getByRole("button", { name: "Create second token" }).click();
  await hydrated(page);
  await copied(page, page.getByRole("button", { name: "Copy Bearer token" }));
  await changeToken(contoso, entra);
  await cycle(contoso, entra);
  await said(contoso, "Done", "completed");
  await page.bringToFront();
  const second = page.getByRole("row").filter({ hasText: "Second" });
  await expect(second, "seen as used, live").not.toContainText("not used yet");
  await page.getByRole("row").filter({ hasText: `ends with ${directory.bearer_token.slice(-4)}` }).getByRole("button", { name: "Revoke…" }).click();
  await page.getByRole("dialog", { name: /^Revoke / }).getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText("Token revoked.")).toBeVisible();
  await cycle(contoso, entra);
  await said(contoso, "Done", "completed");

  // The last token ends: Entra is refused and gives up for now, and the portal says so.
  await page.bringToFront();
  await hydrated(page);
  await second.getByRole("button", { name: "Revoke…" }).click();
  const last = page.getByRole("dialog", { name: "Revoke Second?" });
  await expect(last).toContainText("It is the only token alive.");
  await last.getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText("Token revoked.")).toBeVisible();
  await hydrated(page);
  await cycle(contoso, entra);
  await expect(contoso.getByRole("alert").filter({ hasText: "Quarantine" })).toBeVisible();
  await look(contoso, "contoso-quarantine");
  await page.bringToFront();
  await expect(health(page)).toContainText("Failing");
  await expect(page.locator('[data-check="Token"]')).toContainText("No token is alive");
  await expect(page.locator('[data-check="Accepted"]')).toContainText("since the last good request");
  await expect(page.locator('[data-check="Accepted"]')).toContainText("Make a second token, paste it into the provider");
  await look(page, "story-failing");

  // The remedy, as the portal names it.
  await page.getByRole("button", { name: "Rotate token…" }).click();
  await rotate.getByLabel("Token", { exact: true }).fill("Third");
  await rotate.getByRole("button", { name: "Create second token" }).click();
  await hydrated(page);
  await copied(page, page.getByRole("button", { name: "Copy Bearer token" }));
  await changeToken(contoso, entra);
  await contoso.goto(entra.page("/provisioning"));
  await contoso.getByRole("button", { name: "Restart provisioning" }).click();
  await expect(contoso.getByText("Initial cycle completed")).toBeVisible({ timeout: 60_000 });
  await page.bringToFront();
  await expect(health(page)).toContainText("Healthy");
});

test("a directory that is disabled refuses Entra, and deleted it is gone", async ({ owner: page, context, entra, watch }) => {
  watch.allow(/status of 404/);
  test.setTimeout(180_000);
  const { organization, directory } = portal.connected("Fourth Coffee");
  await entra.control("PATCH", "/settings", { tenantUrl: directory.endpoint_url, secretToken: directory.bearer_token, externalId: "objectId" });
  const contoso = await context.newPage();
  await contoso.goto(entra.page("/provisioning"));
  await contoso.getByRole("button", { name: "Start provisioning", exact: true }).click();
  await expect(contoso.getByText("Initial cycle completed")).toBeVisible({ timeout: 60_000 });

  await open(page, portal.path(organization));
  await expect(health(page)).toContainText("Healthy");
  await page.getByRole("button", { name: "Disable…" }).click();
  await page.getByRole("dialog", { name: /^Disable / }).getByRole("button", { name: "Disable directory" }).click();
  await expect(health(page)).toContainText("Paused");
  await cycle(contoso, entra);
  await expect(contoso.getByRole("alert").filter({ hasText: "Quarantine" })).toBeVisible();

  await page.bringToFront();
  await hydrated(page);
  await page.getByRole("button", { name: "Enable directory" }).first().click();
  await expect(page.getByText("Directory enabled.")).toBeVisible();
  await contoso.goto(entra.page("/provisioning"));
  await contoso.getByRole("button", { name: "Restart provisioning" }).click();
  await expect(contoso.getByText("Initial cycle completed")).toBeVisible({ timeout: 60_000 });
  await page.bringToFront();
  await expect(health(page)).toContainText("Healthy");

  await hydrated(page);
  await page.getByRole("button", { name: "Delete…" }).last().click();
  const destroy = page.getByRole("dialog", { name: "Delete Entra ID?" });
  await destroy.getByLabel(/^Type /).fill("Entra ID");
  await destroy.getByRole("button", { name: "Delete directory" }).click();
  await expect(page.getByRole("heading", { name: /^Where does Fourth Coffee keep/ })).toBeVisible();
  await cycle(contoso, entra);
  await expect(contoso.getByRole("alert").filter({ hasText: "Quarantine" })).toBeVisible();
});

test("by keyboard alone", async ({ page, context, entra }) => {
  test.setTimeout(240_000);
  await page.goto(portal.bootstrapLink());
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" }), "the first stop skips what stands above").toBeFocused();
  await press(page, page.getByRole("link", { name: "New organization" }).first());
  await type(page, page.getByLabel("Name", { exact: true }), "Woodgrove");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Organization created")).toBeVisible();
  await press(page, page.getByRole("link", { name: /^Entra ID/ }));
  await press(page, page.getByRole("button", { name: "Configure" }));
  await hydrated(page);
  await press(page, secret(page).getByRole("button", { name: "Copy Endpoint URL" }));
  await expect(secret(page).getByRole("button", { name: "Copy Endpoint URL" })).toContainText("Copied");

  const contoso = await context.newPage();
  await contoso.goto(entra.url);
  await press(contoso, contoso.getByRole("link", { name: "Enterprise applications" }));
  await press(contoso, contoso.getByRole("main").getByRole("link", { name: "Hero SaaS" }));
  await press(contoso, contoso.getByRole("link", { name: "Edit provisioning" }));
  await paste(contoso, contoso.getByLabel("Tenant URL"));
  await expect(contoso.getByLabel("Tenant URL")).toHaveValue(/\/scim\/v2\/dir_/);
  await page.bringToFront();
  await press(page, page.getByRole("button", { name: "Copy Bearer token" }), "Space");
  await expect(page.getByRole("button", { name: "Copy Bearer token" })).toContainText("Copied");
  await contoso.bringToFront();
  await paste(contoso, contoso.getByLabel("Secret token"));
  await tabTo(contoso, contoso.getByLabel("Source attribute of externalId"));
  await contoso.keyboard.type("objectId");
  await expect(contoso.getByLabel("Source attribute of externalId")).toHaveValue("objectId");
  await press(contoso, contoso.getByRole("button", { name: "Test connection" }));
  await expect(contoso.getByText("authorized to enable provisioning")).toBeVisible();
  await press(contoso, contoso.getByRole("button", { name: "Save" }));
  await said(contoso, "Done", "The provisioning settings were saved.");

  await page.bringToFront();
  await press(page, page.getByRole("link", { name: "I stored it" }));
  await hydrated(page);
  await press(page, page.getByRole("link", { name: "Users", exact: true }));
  await hydrated(page);
  await expect(page.getByRole("heading", { name: "No users yet" })).toBeVisible();
  await contoso.bringToFront();
  await press(contoso, contoso.getByRole("navigation").getByRole("link", { name: "Provisioning", exact: true }));
  await press(contoso, contoso.getByRole("button", { name: "Start provisioning", exact: true }));
  await expect(contoso.getByText("Initial cycle completed")).toBeVisible({ timeout: 60_000 });
  await page.bringToFront();
  await expect(page.locator(".count")).toHaveText(`${await figure(contoso, "Users")} users`);

  // The search, a user, back, a group.
  await type(page, page.getByRole("searchbox"), "<img");
  await page.keyboard.press("Enter");
  await press(page, page.getByRole("link", { name: HOSTILE }));
  await expect(page.getByRole("heading", { level: 1, name: HOSTILE })).toBeVisible();
  await press(page, section(page, "Member of").getByRole("link").first());
  await expect(section(page, /^Members/)).toBeVisible();
  await press(page, page.getByRole("navigation", { name: "You are here" }).getByRole("link", { name: "Woodgrove" }));
  await hydrated(page);

  // Dialogs open, hold the focus, close by Escape and give the focus back.
  const rotate = page.getByRole("button", { name: "Rotate token…" });
  await press(page, rotate);
  const dialog = page.getByRole("dialog", { name: "Rotate token" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(rotate).toBeFocused();
  await page.keyboard.press("Enter");
  await type(page, dialog.getByLabel("Token", { exact: true }), "Second");
  await press(page, dialog.getByRole("button", { name: "Create second token" }));
  await expect(page.getByText("Second token created.")).toBeVisible();
  await hydrated(page);
  await press(page, page.getByRole("link", { name: "I stored it" }));
  await hydrated(page);
  await press(page, page.getByRole("row").filter({ hasText: "Second" }).getByRole("button", { name: "Revoke…" }));
  await press(page, page.getByRole("dialog", { name: "Revoke Second?" }).getByRole("button", { name: "Revoke token" }));
  await expect(page.getByText("Token revoked.")).toBeVisible();
  await hydrated(page);
  await press(page, page.getByRole("button", { name: "Delete…" }).last());
  const destroy = page.getByRole("dialog", { name: "Delete Entra ID?" });
  await type(page, destroy.getByLabel(/^Type /), "Entra ID");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Directory deleted")).toBeVisible();
});

test("the command palette leads to organizations and users", async ({ owner: page }) => {
  const { organization, scim } = portal.connected("Palette Works");
  const user = await scim.user("paula@palette.example", { displayName: "Paula Palette" });
  await open(page, portal.path(organization));
  await page.keyboard.press("ControlOrMeta+K");
  const field = page.getByRole("combobox");
  await expect(field).toBeFocused();
  await page.keyboard.type("paula");
  await expect(page.getByRole("option", { name: /Paula Palette/ })).toBeVisible();
  await look(page, "palette");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/users/${user.id}`));
  await hydrated(page);
  await page.keyboard.press("ControlOrMeta+K");
  await expect(field).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(field).toBeHidden();
});

test("without script", async ({ plain: page, entra }) => {
  test.setTimeout(180_000);
  await page.getByRole("link", { name: "New organization" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("Plain Contoso");
  await page.getByRole("button", { name: "Create organization" }).click();
  await page.getByRole("link", { name: /^Entra ID/ }).click();
  await page.getByRole("button", { name: "Configure" }).click();
  const endpoint = (await secret(page).locator("code").first().innerText()).trim();
  await entra.control("PATCH", "/settings", { tenantUrl: endpoint, secretToken: await shownToken(page), externalId: "objectId" });
  expect(await entra.control("POST", "/test-connection", {})).toMatchObject({ ok: true });
  await page.getByRole("link", { name: "I stored it" }).click();
  await expect(async () => {
    await page.reload();
    await expect(step(page, "TestConnection")).toContainText("A connection test arrived and was answered", { timeout: 100 });
  }, "recorded within a second").toPass();
  await entra.control("POST", "/start");
  await entra.control("POST", "/cycle");
  await page.getByRole("link", { name: "Users", exact: true }).click();
  await expect(page.locator("tbody tr").first()).toBeVisible();
  await page.locator("tbody tr a").first().click();
  await expect(section(page, "Attributes")).toBeVisible();
  await section(page, "History").getByRole("link").last().click();
  await expect(page.getByRole("heading", { level: 1, name: "Create user" })).toBeVisible();
  await page.getByRole("navigation", { name: "You are here" }).getByRole("link", { name: "Plain Contoso" }).click();
  await page.getByRole("link", { name: "Groups", exact: true }).click();
  await page.locator("tbody tr a").first().click();
  await expect(section(page, /^Members/)).toBeVisible();
  await page.getByRole("navigation", { name: "You are here" }).getByRole("link", { name: "Plain Contoso" }).click();
  await expect(health(page)).toContainText("Healthy");
});
