// Setup links: made, copied, opened, redeemed by one browser, refused to every other, revoked.

import { look } from "../support/look";
import { elsewhere } from "../support/microsoft";
import { copied, hydrated, open, portal } from "../support/portal";
import { expect, test } from "../support/test";

const row = (page: import("@playwright/test").Page, text: string) => page.getByRole("table", { name: "Setup links" }).getByRole("row").filter({ hasText: text });

// Each has an app, organizations and people of its own.
test.describe.configure({ mode: "parallel" });

test("a link is opened by scanners, used in one browser, and ends when it is revoked", async ({ owner: page, browser, watch }) => {
  watch.allow(/status of 40(1|4)/);
  const organization = portal.organization("Adatum Setup").id;
  await open(page, portal.path(organization, "setup-links"));
  await expect(page.getByText("No setup links yet")).toBeVisible();
  await look(page, "setup-links-empty");
  for (const name of ["ERP checklist", "Directory Sync"]) await page.getByLabel(name).uncheck();
  await page.getByRole("button", { name: "Make setup link" }).click();
  await expect(page.getByText("Choose at least one.").first()).toBeVisible();
  await page.getByLabel("Directory Sync").uncheck();
  await page.getByLabel("Days it works").fill("2");
  await page.getByRole("button", { name: "Make setup link" }).click();
  await hydrated(page);
  const link = await copied(page, page.getByRole("button", { name: "Copy Setup link" }));
  expect(link).toContain(`${portal.url}/setup/rollcall_setup_`);
  await look(page, "setup-links-made");
  await page.getByRole("link", { name: "I stored it" }).click();
  await hydrated(page);
  await expect(page.getByText(link)).toHaveCount(0);
  await expect(row(page, "ERP checklist")).toContainText("Not opened yet");
  await expect(row(page, "ERP checklist")).toContainText("in 2 days");

  // A mail scanner follows the link, and follows it again.
  for (let scan = 0; scan < 3; scan++) expect((await fetch(link)).status).toBe(200);
  await expect(row(page, "ERP checklist"), "told without a reload").toContainText("Opened");

  const admin = await elsewhere(browser, watch);
  await admin.goto(link);
  await expect(admin.getByRole("heading", { level: 1, name: "Set up Hero SaaS for Adatum Setup" })).toBeVisible();
  await look(admin, "setup-door");
  await admin.getByRole("button", { name: "Begin" }).click();
  await expect(admin).toHaveURL(`${portal.url}/setup`);
  await look(admin, "setup-home");
  await expect(row(page, "ERP checklist"), "told without a reload").toContainText("In use since");
  await expect(admin.getByRole("link", { name: /ERP checklist/ })).toBeVisible();
  await expect(admin.getByRole("link", { name: /Directory Sync/ }), "not what the link does not open").toHaveCount(0);
  for (const closed of [`${portal.url}/setup/directory-sync`, portal.path(organization, "users"), `${portal.url}/organizations`]) {
    await admin.goto(closed);
    await expect(admin.getByRole("heading", { level: 1, name: "Nothing is here" }), closed).toBeVisible();
  }
  await look(admin, "setup-nothing-here");

  const other = await elsewhere(browser, watch);
  await other.goto(link);
  await expect(other.getByRole("heading", { level: 1, name: "This setup link is in use in another browser" })).toBeVisible();
  await expect(other.getByText("Go on in the browser in which you began.")).toBeVisible();
  await look(other, "setup-used");
  await admin.goto(link);
  await admin.getByRole("button", { name: "Begin" }).click();
  await expect(admin, "its own browser comes in again").toHaveURL(`${portal.url}/setup`);

  await page.bringToFront();
  await row(page, "ERP checklist").getByRole("button", { name: "Revoke…" }).click();
  await look(page, "setup-links-revoke");
  await page.getByRole("dialog", { name: "Revoke this setup link?" }).getByRole("button", { name: "Revoke setup link" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Setup link revoked" })).toBeVisible();
  await expect(row(page, "ERP checklist")).toContainText("Revoked");
  await admin.goto(`${portal.url}/setup/onboarding`);
  await expect(admin.getByRole("heading", { level: 1, name: "Open your setup link" })).toBeVisible();
  await look(admin, "setup-no-session");
  await admin.goto(link);
  await expect(admin.getByRole("heading", { level: 1, name: "This setup link was revoked" })).toBeVisible();
  await expect(admin.getByText("Ask them for a new one")).toBeVisible();
  await look(admin, "setup-revoked");
  await admin.context().close();
  await other.context().close();
});

test("a link that opens everything shows it, and an expired one says what to do", async ({ owner: page, browser, watch }) => {
  watch.allow(/status of 40(1|4)/);
  const { organization } = portal.connected("Proseware Setup");
  await open(page, portal.path(organization, "setup-links"));
  await page.getByRole("button", { name: "Make setup link" }).click();
  await hydrated(page);
  const link = await copied(page, page.getByRole("button", { name: "Copy Setup link" }));
  const admin = await elsewhere(browser, watch);
  await admin.goto(link);
  await admin.getByRole("button", { name: "Begin" }).click();
  await look(admin, "setup-home-both");
  await admin.getByRole("link", { name: /Directory Sync/ }).click();
  await hydrated(admin);
  await expect(admin.getByText("0 of 10 done")).toBeVisible();
  await look(admin, "setup-directory-sync");
  await admin.getByRole("link", { name: "Onboarding", exact: true }).click();
  await expect(admin.getByText("0 of 5 done")).toBeVisible();

  portal.sql("UPDATE setup_links SET expires_at = created_at + 1 WHERE organization_id = ?", organization);
  await admin.goto(link);
  await expect(admin.getByRole("heading", { level: 1, name: "This setup link has expired" })).toBeVisible();
  await expect(admin.getByText("Ask whoever sent it for a new one")).toBeVisible();
  await look(admin, "setup-expired");
  await admin.goto(`${portal.url}/setup`);
  await expect(admin.getByRole("heading", { level: 1, name: "Open your setup link" })).toBeVisible();
  await open(page, portal.path(organization, "setup-links"));
  await expect(row(page, "ERP checklist")).toContainText("Expired");
  await admin.context().close();
});
