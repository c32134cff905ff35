// Directories: the list of providers, Configure, the token shown once, rotate, revoke, rename, disable, delete.

import type { Page } from "@playwright/test";
import { look } from "../support/look";
import { TOKEN, copied, health, hydrated, open, portal, secret, shownToken } from "../support/portal";
import { Scim } from "../support/scim";
import { expect, test } from "../support/test";

const ANY_USERS = "/Users?count=1";

/** Opens a dialog by its button and answers it. */
async function ask(page: Page, button: string, dialog: string | RegExp) {
  await page.getByRole("button", { name: button, exact: true }).first().click();
  const asked = page.getByRole("dialog", { name: dialog });
  await expect(asked).toBeVisible();
  return asked;
}

test("every provider is offered, and each gets an endpoint and a token", async ({ owner: page }) => {
  const { id } = portal.organization("Nine Providers");
  await open(page, portal.path(id));
  await expect(page.getByRole("heading", { name: "Where does Nine Providers keep its people?" })).toBeVisible();
  for (const provider of ["Entra ID", "Okta", "Google Workspace", "OneLogin", "JumpCloud", "PingOne", "CyberArk", "Rippling"]) {
    await expect(page.getByRole("link", { name: new RegExp(`^${provider}`) })).toBeVisible();
  }
  await look(page, "directory-sync-providers");
  await page.getByRole("link", { name: "Any provider that speaks SCIM 2.0" }).click();
  await expect(page.getByRole("heading", { name: "Connect SCIM 2.0" })).toBeVisible();
  await page.getByRole("link", { name: "Choose another provider" }).click();
  await page.getByRole("link", { name: /^Okta/ }).click();
  await page.getByRole("button", { name: "Configure" }).click();
  await expect(page.getByRole("heading", { name: "Paste these two values into Okta" })).toBeVisible();
  const token = await shownToken(page);
  const endpoint = await copied(page, page.getByRole("button", { name: "Copy Endpoint URL" }).first());
  expect((await new Scim(endpoint, token).send("GET", ANY_USERS)).status).toBe(200);
  await expect(page.locator("[data-step]")).toHaveCount(3);
  await look(page, "directory-sync-okta");
});

test("the bearer token is shown once and stands in no page again", async ({ owner: page, context }) => {
  const { id } = portal.organization("Shown Once");
  await open(page, portal.path(id));
  await page.getByRole("link", { name: /^Entra ID/ }).click();
  await expect(page.getByRole("heading", { name: "Connect Entra ID" })).toBeVisible();
  await look(page, "directory-sync-configure");
  await page.getByRole("button", { name: "Configure" }).click();
  await hydrated(page);
  const token = await shownToken(page);
  await look(page, "directory-sync-token");
  expect(await copied(page, page.getByRole("button", { name: "Copy Bearer token" }))).toBe(token);
  const endpoint = await copied(page, secret(page).getByRole("button", { name: "Copy Endpoint URL" }));
  expect(endpoint).toMatch(new RegExp(`^${portal.url}/scim/v2/dir_[0-9a-f]{32}$`));
  const shownAt = page.url();
  expect(shownAt, "no secret in an address").not.toMatch(TOKEN);

  const again = await page.reload();
  expect(await again!.text()).not.toMatch(TOKEN);
  expect(again!.headers()["cache-control"]).toContain("no-store");
  await page.getByRole("link", { name: "Activity" }).click();
  await new Scim(endpoint, token).user("someone@once.example");
  for (const rest of ["directory-sync", "users", "groups", "activity"]) {
    const answer = await context.request.get(portal.path(id, rest));
    expect(answer.status()).toBe(200);
    expect(await answer.text(), rest).not.toMatch(TOKEN);
  }
  await page.goBack();
  expect(await page.content(), "not from the browser's cache either").not.toMatch(TOKEN);
});

test("a token is rotated with overlap and revoked at once", async ({ owner: page }) => {
  const { organization, directory, scim } = portal.connected("Rotating");
  await scim.user("before@rotating.example");
  await open(page, portal.path(organization));
  const rotate = await ask(page, "Rotate token…", "Rotate token");
  await look(page, "directory-sync-rotate");
  await rotate.getByLabel("Token", { exact: true }).fill("Second");
  await rotate.getByRole("button", { name: "Create second token" }).click();
  await expect(page.getByText("Second token created.")).toBeVisible();
  await hydrated(page);
  const second = new Scim(directory.endpoint_url, await shownToken(page));
  await page.getByRole("link", { name: "I stored it" }).click();
  await hydrated(page);
  await expect(page.getByText("2 of 2")).toBeVisible();
  await expect(page.getByText("Two tokens are alive, and two is the most.")).toBeVisible();
  expect((await scim.send("GET", ANY_USERS)).status, "the first one still works").toBe(200);
  expect((await second.send("GET", ANY_USERS)).status).toBe(200);
  await expect(page.getByRole("row").filter({ hasText: "Second" }), "seen as used, live").not.toContainText("not used yet");

  const first = page.getByRole("row").filter({ hasText: `ends with ${directory.bearer_token.slice(-4)}` });
  await first.getByRole("button", { name: "Revoke…" }).click();
  const revoke = page.getByRole("dialog", { name: /^Revoke / });
  await expect(revoke).toContainText("The other token keeps working.");
  await revoke.getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText("Token revoked.")).toBeVisible();
  expect((await scim.send("GET", ANY_USERS)).status, "refused at once").toBe(401);
  expect((await second.send("GET", ANY_USERS)).status).toBe(200);
  await expect(page.getByText("1 of 2")).toBeVisible();
  await expect(first).toContainText("Revoked");
  await hydrated(page);
  await look(page, "directory-sync-tokens");
});

test("a token's end is a day to come", async ({ owner: page }) => {
  const { organization } = portal.connected("Ending");
  await open(page, portal.path(organization));
  let rotate = await ask(page, "Rotate token…", "Rotate token");
  await rotate.getByLabel(/^Expires on/).fill("2001-01-01");
  await rotate.getByRole("button", { name: "Create second token" }).click();
  await expect(page.getByText("That day has passed. Choose a later one, or none.").first()).toBeVisible();
  await page.goto(portal.path(organization));
  await hydrated(page);
  rotate = await ask(page, "Rotate token…", "Rotate token");
  await rotate.getByLabel(/^Expires on/).fill("2099-12-31");
  await rotate.getByRole("button", { name: "Create second token" }).click();
  await expect(page.getByText("Second token created.")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: /2099|years|days/ })).toHaveCount(1);
});

test("a directory is renamed, disabled, enabled and deleted", async ({ owner: page }) => {
  const { organization, directory, scim } = portal.connected("Managed");
  await scim.user("kept@managed.example");
  await open(page, portal.path(organization));
  const rename = await ask(page, "Rename…", "Rename directory");
  await rename.getByLabel("Name").fill("Head office (EU) a.b|c");
  await rename.getByRole("button", { name: "Rename directory" }).click();
  await expect(page.getByRole("heading", { name: "Head office (EU) a.b|c" })).toBeVisible();

  await hydrated(page);
  const disable = await ask(page, "Disable…", /^Disable /);
  await disable.getByRole("button", { name: "Disable directory" }).click();
  await expect(page.getByText("This directory is disabled")).toBeVisible();
  await expect(health(page)).toContainText("Paused");
  await expect.poll(() => scim.status("GET", ANY_USERS), "within a second").toBe(403);
  await hydrated(page);
  await look(page, "directory-sync-disabled");
  await page.getByRole("button", { name: "Enable directory" }).first().click();
  await expect(page.getByText("Directory enabled.")).toBeVisible();
  expect((await scim.send("GET", ANY_USERS)).status).toBe(200);

  await hydrated(page);
  const destroy = await ask(page, "Delete…", /^Delete Head office/);
  await expect(destroy).toContainText("1 user");
  await look(page, "directory-sync-delete");
  await destroy.getByLabel(/^Type /).fill("Head office");
  await destroy.getByRole("button", { name: "Delete directory" }).click();
  await expect(destroy).toBeVisible();
  await destroy.getByLabel(/^Type /).fill("Head office (EU) a.b|c");
  await destroy.getByRole("button", { name: "Delete directory" }).click();
  await expect(page.getByText("Directory deleted")).toBeVisible();
  await expect(page.getByRole("heading", { name: /^Where does Managed keep/ })).toBeVisible();
  expect((await new Scim(directory.endpoint_url, directory.bearer_token).send("GET", ANY_USERS)).status).toBe(401);
});

test("a second directory stands beside the first", async ({ owner: page }) => {
  const { organization } = portal.connected("Two Directories");
  await open(page, portal.path(organization));
  await page.getByRole("link", { name: "Connect another provider" }).click();
  await page.getByRole("link", { name: /^Google Workspace/ }).click();
  await page.getByRole("button", { name: "Configure" }).click();
  await expect(page.getByRole("heading", { name: "Paste these two values into Google Workspace" })).toBeVisible();
  await page.getByRole("navigation", { name: "Directories of this organization" }).getByRole("link", { name: "Entra ID" }).click();
  await expect(page.getByRole("heading", { name: "Set up Entra ID" })).toBeVisible();
});

test("each act on a directory is a form that works without script", async ({ plain: page }) => {
  const { id } = portal.organization("Plain Forms");
  await page.goto(portal.path(id));
  await page.getByRole("link", { name: /^Entra ID/ }).click();
  await page.getByRole("button", { name: "Configure" }).click();
  const endpoint = (await secret(page).locator("code").first().innerText()).trim();
  const first = new Scim(endpoint, await shownToken(page));
  expect((await first.send("GET", ANY_USERS)).status).toBe(200);

  const rotate = await ask(page, "Rotate token…", "Rotate token");
  await rotate.getByLabel("Token", { exact: true }).fill("Second");
  await rotate.getByRole("button", { name: "Create second token" }).click();
  const second = new Scim(endpoint, await shownToken(page));
  expect((await second.send("GET", ANY_USERS)).status).toBe(200);

  await page.getByRole("row").filter({ hasText: "Second" }).getByRole("button", { name: "Revoke…" }).click();
  await page.getByRole("dialog", { name: "Revoke Second?" }).getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText("Token revoked.")).toBeVisible();
  await expect.poll(() => second.status("GET", ANY_USERS), "within a second").toBe(401);

  const rename = await ask(page, "Rename…", "Rename directory");
  await rename.getByLabel("Name").fill("Plain");
  await rename.getByRole("button", { name: "Rename directory" }).click();
  await expect(page.getByRole("heading", { name: "Plain", exact: true })).toBeVisible();

  const disable = await ask(page, "Disable…", "Disable Plain?");
  await disable.getByRole("button", { name: "Disable directory" }).click();
  await expect.poll(() => first.status("GET", ANY_USERS), "within a second").toBe(403);
  await page.getByRole("button", { name: "Enable directory" }).first().click();
  await expect(page.getByText("Directory enabled.")).toBeVisible();
  expect((await first.send("GET", ANY_USERS)).status).toBe(200);

  const destroy = await ask(page, "Delete…", "Delete Plain?");
  await destroy.getByLabel(/^Type /).fill("Plain");
  await destroy.getByRole("button", { name: "Delete directory" }).click();
  await expect(page.getByText("Directory deleted")).toBeVisible();
});
