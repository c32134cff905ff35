// People: the lists of users and groups, the page of each one, live while one watches.

import { readFileSync } from "node:fs";
import { look } from "../support/look";
import { open, portal, section } from "../support/portal";
import { expect, test } from "../support/test";

const HOSTILE = '"><img src=x onerror=alert(document.domain)><script>alert(1)</script>';
const UPSIDE_DOWN = "invoice\u202Efdp.exe";

test("before anybody arrives, the lists say what to do next", async ({ owner: page }) => {
  const { organization } = portal.connected("Nobody Yet");
  await open(page, portal.path(organization, "users"));
  await expect(page.getByRole("heading", { name: "No users yet" })).toBeVisible();
  await look(page, "users-empty");
  await page.getByRole("link", { name: "Go to Directory Sync" }).click();
  await expect(page.getByRole("heading", { name: "Set up Entra ID" })).toBeVisible();
  await open(page, portal.path(organization, "groups"));
  await expect(page.getByRole("heading", { name: "No groups yet" })).toBeVisible();
  await look(page, "groups-empty");
});

test("users are searched, filtered and paged, with all of it in the address", async ({ owner: page }) => {
  const { organization, scim } = portal.connected("Sixty People");
  for (let number = 1; number <= 60; number++) {
    const name = `person${String(number).padStart(2, "0")}`;
    await scim.user(`${name}@sixty.example`, {
      displayName: `Person ${number}`,
      active: number % 10 !== 0,
      emails: [{ type: "work", value: `${name}@mail.example`, primary: true }],
    });
  }
  await open(page, portal.path(organization, "users"));
  await expect(page.getByText("60 users", { exact: true })).toBeVisible();
  const rows = page.locator("tbody tr");
  await expect(rows).toHaveCount(50);
  await expect(rows.first()).toContainText("person01@sixty.example");
  await look(page, "users");
  await page.getByRole("link", { name: "Next" }).click();
  await expect(rows).toHaveCount(10);
  await expect(page).toHaveURL(/after=/);
  await page.reload();
  await expect(rows.last()).toContainText("person60@sixty.example");
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(rows.first()).toContainText("person01@sixty.example");
  await expect(rows).toHaveCount(50);

  await page.getByRole("navigation", { name: "Access" }).getByRole("link", { name: "Inactive" }).click();
  await expect(page).toHaveURL(/active=false/);
  await expect(rows).toHaveCount(6);
  await page.getByRole("searchbox").fill("PERSON2");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/active=false/);
  await expect(page).toHaveURL(/search=PERSON2/);
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("person20@sixty.example");

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const csv = readFileSync(await (await download).path(), "utf8");
  const lines = csv.trim().split(/\r?\n/);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain("person20@sixty.example");

  await page.getByRole("searchbox").fill("nobody at all");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Nobody matches what you search for" })).toBeVisible();
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(rows).toHaveCount(50);
});

test("search and filter are forms and links that work without script", async ({ plain: page }) => {
  const { organization, scim } = portal.connected("Plain People");
  await scim.user("here@plain.example", { displayName: "Here" });
  await scim.user("gone@plain.example", { displayName: "Gone", active: false });
  await page.goto(portal.path(organization, "users"));
  await page.getByRole("searchbox").fill("gone");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.locator("tbody tr")).toHaveCount(1);
  await page.getByRole("link", { name: "Gone" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Gone" })).toBeVisible();
  await expect(page.getByText("Inactive: no access.")).toBeVisible();
});

test("a user's page tells its ids, attributes, groups, history and what was last sent", async ({ owner: page }) => {
  const { organization, scim } = portal.connected("One Person");
  const objectId = "b7a6c5d4-e3f2-41a0-9b8c-7d6e5f4a3b2c";
  const user = await scim.user("adele@one.example", {
    externalId: objectId,
    displayName: "Adele Vance",
    name: { givenName: "Adele", familyName: "Vance" },
    title: "Retail Manager",
    password: "never-to-be-seen-1",
    emails: [{ type: "work", value: "adele.vance@one.example", primary: true }],
  });
  const group = await scim.group("Retail", [user.id]);
  await open(page, portal.path(organization, `users/${user.id}`));
  await expect(page.getByRole("heading", { level: 1, name: "Adele Vance" })).toBeVisible();
  await expect(section(page, "Three IDs, never mixed up")).toContainText("adele@one.example");
  await expect(section(page, "Three IDs, never mixed up").getByText(objectId)).toHaveCount(2);
  await expect(section(page, "Attributes")).toContainText("name.familyName");
  await expect(section(page, "Attributes")).toContainText("Retail Manager");
  await expect(section(page, "Member of").getByRole("link", { name: "Retail" })).toBeVisible();
  await expect(section(page, "History")).toContainText("Create user");
  await expect(section(page, "What the provider last sent")).toContainText('"title": "Retail Manager"');
  expect(await page.content(), "a password is kept nowhere").not.toContain("never-to-be-seen-1");
  await look(page, "user");

  await scim.patch(`/Users/${user.id}`, [{ op: "Replace", path: "title", value: "Director" }]);
  await expect(section(page, "Attributes"), "live").toContainText("Director");
  await expect(section(page, "History")).toContainText("Update user");
  await scim.patch(`/Users/${user.id}`, [{ op: "Replace", path: "active", value: "False" }]);
  await expect(section(page, "Three IDs, never mixed up"), "live").toContainText("Inactive: no access.");
  await section(page, "Member of").getByRole("link", { name: "Retail" }).click();
  await expect(page).toHaveURL(new RegExp(`/groups/${group.id}`));
});

test("a group's page tells its members and never expands a nested group", async ({ owner: page }) => {
  const { organization, scim } = portal.connected("Some Groups");
  const inner = await scim.group("Inner circle");
  const user = await scim.user("lee@groups.example", { displayName: "Lee Gu" });
  const outer = await scim.group("Outer circle", [user.id]);
  await scim.patch(`/Groups/${outer.id}`, [{ op: "Add", path: "members", value: [{ value: inner.id }] }]);
  await open(page, portal.path(organization, "groups"));
  const row = page.getByRole("row").filter({ hasText: "Outer circle" });
  await expect(row).toContainText("1 nested group");
  await look(page, "groups");
  await row.getByRole("link", { name: "Outer circle" }).click();
  const members = section(page, /^Members/);
  await expect(members.getByRole("link", { name: "Lee Gu" })).toBeVisible();
  await expect(members.getByRole("row").filter({ hasText: "Inner circle" })).toContainText("Nested group, not expanded");
  await look(page, "group");
  await members.getByRole("link", { name: "Inner circle" }).click();
  await expect(page.getByText("No members. Entra sends them in a second pass, after the users.")).toBeVisible();
});

test("people appear while one watches, row by row", async ({ owner: page }) => {
  const { organization, scim } = portal.connected("Arriving");
  await open(page, portal.path(organization, "users"));
  const before = await page.evaluate(() => performance.timeOrigin);
  await scim.user("b@arriving.example", { displayName: "Second By Name" });
  await expect(page.getByRole("row").filter({ hasText: "Second By Name" })).toBeVisible();
  await scim.user("a@arriving.example", { displayName: "First By Name" });
  await expect(page.locator("tbody tr").first()).toContainText("First By Name");
  await expect(page.getByText("2 users", { exact: true })).toBeVisible();
  expect(await page.evaluate(() => performance.timeOrigin), "the page was not loaded anew").toBe(before);
});

test("a hostile name is text, wherever it stands", async ({ owner: page }) => {
  const { organization, scim } = portal.connected("Hostile Names");
  const user = await scim.user("hostile@names.example", {
    displayName: HOSTILE,
    title: HOSTILE,
    name: { givenName: HOSTILE, familyName: UPSIDE_DOWN },
  });
  const group = await scim.group(HOSTILE, [user.id]);
  const upside = await scim.user("upside@names.example", { displayName: UPSIDE_DOWN });
  for (const rest of ["directory-sync", "users", `users/${user.id}`, "groups", `groups/${group.id}`, "activity"]) {
    await open(page, portal.path(organization, rest));
    if (rest !== "directory-sync") await expect(page.getByText(HOSTILE).first(), rest).toBeVisible();
    await expect(page.locator('img[src="x"]'), rest).toHaveCount(0);
  }
  await open(page, portal.path(organization, "users"));
  const row = page.getByRole("row").filter({ hasText: "upside@names.example" });
  await expect(row.locator("bdi").first(), "a name cannot turn what stands beside it").toHaveText(UPSIDE_DOWN);
  await look(page, "users-hostile");
  await open(page, portal.path(organization, `users/${user.id}`));
  expect(await page.title()).toContain(HOSTILE);
  await look(page, "user-hostile");
  await open(page, portal.path(organization, `users/${upside.id}`));
  // Live pages take markup from the server and put it in place: that way must be as safe.
  await scim.patch(`/Users/${upside.id}`, [{ op: "Replace", path: "nickName", value: HOSTILE }]);
  await expect(section(page, "Attributes")).toContainText(HOSTILE);
  await expect(page.locator('img[src="x"]')).toHaveCount(0);
});

test("a user of another organization is not there", async ({ owner: page, watch }) => {
  watch.allow(/status of 404/);
  const one = portal.connected("Here And");
  const other = portal.connected("There");
  const user = await one.scim.user("mine@here.example");
  const answer = await page.goto(portal.path(other.organization, `users/${user.id}`));
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "Nothing is here" })).toBeVisible();
});
