// Sign-in with Microsoft, and the people of an app's team: who joins, who is refused, who is put out.

import type { Page } from "@playwright/test";
import { look } from "../support/look";
import { CONTOSO, PEOPLE, VENDOR, elsewhere, fresh, microsoft, pick, signInAs } from "../support/microsoft";
import { copied, hydrated, open, portal } from "../support/portal";
import { expect, test } from "../support/test";

const SIGN_IN = "Sign in with Microsoft";

/** Opens an invite and takes it as this account. */
async function join(page: Page, url: string, upn: string): Promise<void> {
  await page.goto(url);
  await page.getByRole("button", { name: SIGN_IN }).click();
  await signInAs(page, upn);
  await expect(page).toHaveURL(`${portal.url}/organizations`);
}

/** A row of a table on the page, by a text in it. */
const row = (page: Page, table: string, text: string) => page.getByRole("table", { name: table }).getByRole("row").filter({ hasText: text });

// Each has an app, organizations and people of its own.
test.describe.configure({ mode: "parallel" });

test("an owner joins by invite, signs out and signs in again", async ({ page, watch }) => {
  watch.allow(/status of 4(01|04)/);
  const name = `Joined ${fresh()}`;
  const app = portal.app(name).id;
  portal.organization("First Customer", app);
  const { url } = portal.invite(app, "owner", "Olivia");
  await page.goto(url);
  await expect(page.getByRole("heading", { level: 1, name: `You are invited to ${name} as Owner` })).toBeVisible();
  await look(page, "join");
  await page.getByRole("button", { name: SIGN_IN }).click();
  await expect(page.getByRole("heading", { name: "Pick an account" })).toBeVisible();
  await look(page, "microsoft-picker");
  await signInAs(page, PEOPLE.olivia);
  await expect(page).toHaveURL(`${portal.url}/organizations`);
  await expect(page.getByRole("banner").getByText("Olivia Owner")).toBeVisible();
  await expect(page.getByRole("link", { name: "First Customer" })).toBeVisible();

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "You are not signed in" })).toBeVisible();
  await look(page, "sign-in");
  await page.goto(`${portal.url}/organizations/new`);
  await page.getByRole("button", { name: SIGN_IN }).click();
  await signInAs(page, PEOPLE.olivia);
  await expect(page, "back to where one wanted to go").toHaveURL(`${portal.url}/organizations/new`);
  await expect(page.getByRole("heading", { level: 1, name: "New organization" })).toBeVisible();

  await page.goto(url);
  await expect(page.getByRole("heading", { level: 1, name: "This invite no longer works" })).toBeVisible();
  await look(page, "join-used");
});

test("support sees every connection and is offered nothing it may not do", async ({ page, watch }) => {
  // The browser's own line about the pages that answer 403 until a reason is given.
  watch.allow(/responded with a status of 403/);
  const app = portal.app(`Supported ${fresh()}`).id;
  const organization = portal.organization("Supported Customer", app).id;
  portal.directory(organization);
  await join(page, portal.invite(app, "support", "Sam").url, PEOPLE.sam);
  await expect(page.getByRole("banner").getByText("Support, read only")).toBeVisible();
  await expect(page.getByRole("link", { name: "New organization" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "People", exact: true })).toHaveCount(0);
  await page.getByRole("link", { name: "Supported Customer" }).click();
  await look(page, "support-directory");
  await expect(page.getByRole("link", { name: "Setup links" })).toHaveCount(0);
  const changes = page.getByRole("main").locator('form[method="post"]');
  const reach = async (tab: string) => {
    await page.getByRole("link", { name: tab, exact: true }).click();
    await hydrated(page);
    await expect(page.getByRole("link", { name: tab, exact: true })).toHaveAttribute("aria-current", "page");
  };
  for (const tab of ["Directory Sync", "Onboarding"]) {
    await reach(tab);
    await expect(changes, `${tab} offers nothing to change`).toHaveCount(0);
  }
  await look(page, "support-onboarding");
  await page.goto(portal.path(organization, "users"));
  await look(page, "support-reason");
  await page.getByLabel("Why do you look?").fill("Ticket 4711");
  await page.getByLabel("For how long?").selectOption({ label: "30 minutes" });
  await page.getByRole("button", { name: "Show personal data" }).click();
  for (const tab of ["Users", "Groups", "Activity"]) {
    await reach(tab);
    await expect(page.getByText("You see personal data of this organization")).toBeVisible();
    await expect(changes, `${tab} offers only to end the look`).toHaveCount(1);
  }
  await expect(page.getByRole("main"), "the organization sees who looked and why").toContainText("Ticket 4711");
  await look(page, "support-looking");
  await page.getByRole("button", { name: "End now" }).click();
  await page.goto(portal.path(organization, "users"));
  await expect(page.getByRole("button", { name: "Show personal data" })).toBeVisible();
  await page.goto(`${portal.url}/organizations/new`);
  await expect(page.getByRole("heading", { level: 1, name: "Your role may not do that" })).toBeVisible();
  await look(page, "support-refused");
});

test("a stranger is refused with a plain sentence, and so is who gives up", async ({ page, watch }) => {
  watch.allow(/status of 401/);
  await page.goto(`${portal.url}/organizations`);
  await page.getByRole("button", { name: SIGN_IN }).click();
  await signInAs(page, PEOPLE.alex);
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("Nobody here knows this account");
  await expect(alert).toContainText("ask an owner of the app for an invite");
  await look(page, "sign-in-stranger");
  await page.getByRole("button", { name: SIGN_IN }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(alert).toContainText("The sign-in was cancelled");
  await page.goto(`${portal.url}/organizations`);
  await expect(page.getByRole("heading", { level: 1, name: "You are not signed in" })).toBeVisible();
});

test("an owner invites, sees who is there, ends a session and removes somebody", async ({ page, browser, watch }) => {
  watch.allow(/status of 40(1|4)/);
  const [owner, helper] = [await microsoft.hire(VENDOR, "Oda", "Owner"), await microsoft.hire(VENDOR, "Hal", "Helper")];
  const app = portal.app(`Team ${fresh()}`).id;
  portal.organization("Team Customer", app);
  await join(page, portal.invite(app, "owner", "Oda").url, owner);
  await page.getByRole("link", { name: "People", exact: true }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "People" })).toBeVisible();
  await expect(row(page, "Team", "Oda Owner")).toContainText("Owner");

  await page.getByLabel("For whom").fill("Hal of support");
  await page.getByLabel("Role").selectOption("support");
  await page.getByRole("button", { name: "Make invite" }).click();
  await hydrated(page);
  await look(page, "people-invite-made");
  const url = await copied(page, page.getByRole("button", { name: "Copy Invite link" }));
  await page.getByRole("link", { name: "I stored it" }).click();
  await expect(page.getByRole("button", { name: "Copy Invite link" })).toHaveCount(0);
  await expect(row(page, "Open invites", "Hal of support")).toContainText("Support");

  const hal = await elsewhere(browser, watch);
  await join(hal, url, helper);
  await open(page, page.url());
  await expect(row(page, "Team", "Hal Helper")).toContainText("Support");
  await expect(page.getByText("No invite is open.")).toBeVisible();
  await expect(row(page, "Sessions", "Oda Owner")).toContainText("This session");
  await look(page, "people");

  await page.getByRole("button", { name: "End the session of Hal Helper" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Session ended" })).toBeVisible();
  await hal.goto(`${portal.url}/organizations`);
  await expect(hal.getByRole("heading", { level: 1, name: "You are not signed in" })).toBeVisible();
  await hal.getByRole("button", { name: SIGN_IN }).click();
  await signInAs(hal, helper);
  await expect(hal.getByRole("heading", { level: 1, name: "Organizations" })).toBeVisible();

  await hydrated(page);
  await row(page, "Team", "Hal Helper").getByRole("button", { name: "Remove…" }).click();
  const asked = page.getByRole("dialog", { name: "Remove Hal Helper from the team?" });
  await look(page, "people-remove");
  await asked.getByRole("button", { name: "Remove from the team" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Removed from the team" })).toBeVisible();
  await expect(row(page, "Team", "Hal Helper")).toHaveCount(0);
  await hal.goto(`${portal.url}/organizations`);
  await hal.getByRole("button", { name: SIGN_IN }).click();
  await signInAs(hal, helper);
  await expect(hal.getByRole("alert"), "out for good").toContainText("Nobody here knows this account");
  await hal.context().close();
});

test("an invite that was revoked, or is for nobody, opens nothing", async ({ page, browser, watch }) => {
  watch.allow(/status of 40(1|4)/);
  const owner = await microsoft.hire(VENDOR, "Rea", "Revoker");
  const app = portal.app(`Revoked ${fresh()}`).id;
  await join(page, portal.invite(app, "owner", "Rea").url, owner);
  const { url } = portal.invite(app, "support", "Never mind");
  await open(page, `${portal.url}/people`);
  await row(page, "Open invites", "Never mind").getByRole("button", { name: "Revoke…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke invite" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Invite revoked" })).toBeVisible();
  const late = await elsewhere(browser, watch);
  await late.goto(url);
  await expect(late.getByRole("heading", { level: 1, name: "This invite no longer works" })).toBeVisible();
  await late.context().close();
});

test("the last owner stays, and a customer's account is as good as another's tenant", async ({ page, watch }) => {
  watch.allow(/status of 40(1|4)/);
  const only = await microsoft.hire(CONTOSO, "Una", "Only");
  const app = portal.app(`Alone ${fresh()}`).id;
  await page.goto(portal.invite(app, "owner", "Una").url);
  await page.getByRole("button", { name: SIGN_IN }).click();
  await pick(page, only);
  await page.getByRole("button", { name: "Accept" }).click();
  await open(page, `${portal.url}/people`);
  await row(page, "Team", "Una Only").getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove from the team" }).click();
  await expect(page.getByRole("alert")).toContainText("This is the last owner");
});
