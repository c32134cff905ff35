// Organizations: the way in, the list, a new one, its name, its end.

import { look } from "../support/look";
import { hydrated, open, portal, signIn } from "../support/portal";
import { expect, test } from "../support/test";

test("a one-time link opens the console once", async ({ page, context, watch }) => {
  watch.allow(/status of 4(01|03|04|10)/);
  const link = portal.bootstrapLink();
  const head = await context.request.head(link);
  expect(head.ok(), "a HEAD of a mail scanner must not be a refusal").toBe(true);
  await page.goto(link);
  await expect(page).toHaveURL(`${portal.url}/organizations`);
  await expect(page.getByRole("heading", { level: 1, name: "Organizations" })).toBeVisible();
  const cookies = await context.cookies();
  const session = cookies.find((cookie) => cookie.name === "__Host-rollcall");
  expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: "Lax", path: "/" });

  await context.clearCookies();
  await page.goto(link);
  await expect(page.getByText("This link no longer works")).toBeVisible();
  await look(page, "enter-used");
  await page.goto(`${portal.url}/organizations`);
  await expect(page.getByText("You are not signed in")).toBeVisible();
  await look(page, "signed-out");
});

test("an organization is made, renamed and deleted by its typed name", async ({ owner: page, watch }) => {
  // A page that follows along may ask for itself once more while its organization is being deleted.
  watch.allow(/status of 404/);
  await page.getByRole("link", { name: "New organization" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "New organization" })).toBeVisible();
  await look(page, "organizations-new");
  await page.getByLabel("Name", { exact: true }).fill("Fabrikam");
  await page.getByRole("button", { name: "Create organization" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Organization created" })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Fabrikam" })).toBeVisible();

  await hydrated(page);
  await page.getByText("More", { exact: true }).click();
  await page.getByRole("button", { name: "Rename…" }).click();
  const rename = page.getByRole("dialog", { name: "Rename organization" });
  await expect(rename).toBeVisible();
  await rename.getByLabel("Name").fill("Fabrikam Europe");
  await rename.getByRole("button", { name: "Rename organization" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Fabrikam Europe" })).toBeVisible();

  await hydrated(page);
  await page.getByText("More", { exact: true }).click();
  await page.getByRole("button", { name: "Delete…" }).click();
  const destroy = page.getByRole("dialog", { name: "Delete Fabrikam Europe?" });
  await look(page, "organizations-delete");
  await destroy.getByLabel(/Type “Fabrikam Europe” to confirm/).fill("Fabrikam");
  await destroy.getByRole("button", { name: "Delete organization" }).click();
  await expect(destroy, "the browser keeps the form until the name is right").toBeVisible();
  await destroy.getByLabel(/Type/).fill("Fabrikam Europe");
  await destroy.getByRole("button", { name: "Delete organization" }).click();
  await expect(page).toHaveURL(/\/organizations(\?|$)/);
  await expect(page.getByText("Organization deleted")).toBeVisible();
  await expect(page.getByRole("link", { name: "Fabrikam Europe" })).toHaveCount(0);
});

test("the list is searched, and the search stands in the address", async ({ owner: page }) => {
  portal.organization("Litware Search");
  portal.organization("Proseware Search");
  await open(page, `${portal.url}/organizations`);
  await page.getByLabel("Search by name").fill("litware s");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/search=litware/);
  await expect(page.getByRole("link", { name: "Litware Search" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Proseware Search" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByLabel("Search by name")).toHaveValue("litware s");
  await look(page, "organizations");
  await open(page, `${portal.url}/organizations?search=nobody-has-this-name`);
  await expect(page.getByText("No organization is called “nobody-has-this-name”")).toBeVisible();
  await page.getByRole("link", { name: "Show all organizations" }).click();
  await expect(page.getByRole("link", { name: "Proseware Search" })).toBeVisible();
});

test("the list follows along while one watches", async ({ owner: page }) => {
  const { organization, scim } = portal.connected("Watched From Afar");
  await open(page, `${portal.url}/organizations`);
  const row = page.getByRole("row").filter({ hasText: "Watched From Afar" });
  await expect(row).toContainText("Waiting for first sync");
  await scim.user("first@watched.example");
  await expect(row, "without a reload").toContainText("Healthy");
  await row.getByRole("link").first().click();
  await expect(page).toHaveURL(new RegExp(organization));
});

test("a name that cannot be used is refused in place, also without script", async ({ plain: page }) => {
  await page.goto(`${portal.url}/organizations/new`);
  await page.getByLabel("Name", { exact: true }).fill("Evil \u202Egnp.exe");
  await page.getByRole("button", { name: "Create organization" }).click();
  await expect(page.getByText("Control and direction-changing characters cannot be used here")).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
});

test("what does not exist looks the same whoever asks", async ({ owner: page, watch }) => {
  watch.allow(/status of 404/);
  const nowhere = await page.goto(portal.path("org_00000000000000000000000000000000"));
  expect(nowhere?.status()).toBe(404);
  await expect(page.getByText("Nothing is here")).toBeVisible();
  await look(page, "not-found");
  const nothing = await page.goto(`${portal.url}/no-such-page`);
  expect(nothing?.status()).toBe(404);
});

test("language and light are chosen in the footer and kept, without script too", async ({ plain: page }) => {
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.getByRole("heading", { level: 1, name: "Organisationen" })).toBeVisible();
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("button", { name: "Dark", exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.goto(`${portal.url}/organizations/new`);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a session is of one browser only", async ({ owner: page, browser, watch }) => {
  watch.allow(/status of 401/);
  await expect(page.getByRole("heading", { level: 1, name: "Organizations" })).toBeVisible();
  const other = await browser.newContext();
  const stranger = await other.newPage();
  await stranger.goto(`${portal.url}/organizations`);
  await expect(stranger.getByText("You are not signed in")).toBeVisible();
  await signIn(stranger);
  await expect(stranger.getByRole("heading", { level: 1, name: "Organizations" })).toBeVisible();
  await other.close();
});
