// Activity: each request of the provider, with what changed, what was ignored, and why a refusal.

import { look } from "../support/look";
import { open, portal } from "../support/portal";
import { Scim } from "../support/scim";
import { expect, test } from "../support/test";

test("requests are told as they come, with result and reason", async ({ owner: page }) => {
  const { organization, directory, scim } = portal.connected("Busy");
  await open(page, portal.path(organization, "activity"));
  const rows = page.locator("tbody tr");
  const user = await scim.user("busy@one.example", { displayName: "Busy One" });
  await expect(rows.filter({ hasText: "Create user" }), "live").toHaveCount(1);
  expect((await scim.send("POST", "/Users", { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "busy@one.example" })).status).toBe(409);
  await expect(rows.filter({ hasText: "Refused" }).filter({ hasText: "409" })).toHaveCount(1);
  await scim.patch(`/Users/${user.id}`, [
    { op: "Replace", path: "title", value: "Busy bee" },
    { op: "Replace", path: "favouriteColour", value: "green" },
  ]);
  const update = rows.filter({ hasText: "Update user" });
  await expect(update).toContainText("1 changed");
  await expect(update).toContainText("1 ignored");
  const stranger = new Scim(directory.endpoint_url, `${directory.bearer_token.slice(0, -1)}~`);
  expect((await stranger.send("GET", "/Users")).status).toBe(401);
  await look(page, "activity");

  await update.getByRole("link", { name: "Update user" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Update user" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "title" })).toContainText("Busy bee");
  await expect(page.getByRole("heading", { name: "What was ignored" })).toBeVisible();
  await expect(page.getByText("favouriteColour").first()).toBeVisible();
  await look(page, "activity-entry");
  await page.goBack();
  await rows.filter({ hasText: "409" }).getByRole("link").first().click();
  await expect(page.getByText("Why it was refused")).toBeVisible();
  await look(page, "activity-refused");
});

test("filters stand in the address and work without script", async ({ plain: page }) => {
  const { organization, scim } = portal.connected("Filtered");
  await scim.user("filtered@one.example", { displayName: "Filtered One" });
  await scim.send("GET", "/Users/00000000-0000-7000-8000-000000000000");
  await scim.send("POST", "/Users", { schemas: [], userName: "filtered@one.example" });
  await page.goto(portal.path(organization, "activity"));
  await page.getByLabel("Result").selectOption({ label: "Refused" });
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(/outcome=refused/);
  await expect(page.locator("tbody tr").filter({ hasText: "Create user" }).filter({ hasText: "Done" })).toHaveCount(0);
  await page.getByLabel("Result").selectOption({ label: "Any result" });
  await page.getByLabel("Only changes").check();
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(/changes=only/);
  await expect(page.locator("tbody tr").filter({ hasText: "Create user" })).not.toHaveCount(0);
  await expect(page.locator("tbody tr").filter({ hasText: "Read user" })).toHaveCount(0);
});

test("secrets are in no entry", async ({ owner: page, context }) => {
  const { organization, directory, scim } = portal.connected("Secretive");
  const user = await scim.user("secret@one.example", { password: "hunter2-hunter2" });
  await scim.patch(`/Users/${user.id}`, [{ op: "Replace", path: "password", value: "hunter3-hunter3" }]);
  await open(page, portal.path(organization, "activity"));
  const entries = await page.locator("tbody tr a.row-link").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  expect(entries.length).toBeGreaterThan(1);
  for (const entry of [page.url(), ...entries]) {
    const text = await (await context.request.get(entry)).text();
    expect(text, entry).not.toMatch(/hunter[23]/);
    expect(text, entry).not.toContain(directory.bearer_token);
  }
});

test("before anything happens, the list says what will stand here", async ({ owner: page }) => {
  const { id } = portal.organization("Silent");
  await open(page, portal.path(id, "activity"));
  await expect(page.locator("main")).toContainText(/Nothing has happened yet|Create organization/);
  await look(page, "activity-empty");
});
