// The ERP checklist: a customer's admin goes through it behind a setup link. Done for them, by hand, with each failure
// that has a name, and with a colleague who has the role that is missing.

import type { Page } from "@playwright/test";
import { said } from "../support/entra";
import { type Step, admin, begin, chooseStep, consentStep, press, setupLink, signInStep, stands, step, testStep, unfold, unloaded } from "../support/erp";
import { look } from "../support/look";
import { CONTOSO, PEOPLE, erpApp, fresh, microsoft, passOn, pick, signInAs } from "../support/microsoft";
import { copied, hydrated, open, portal } from "../support/portal";
import { ERP_ROLE } from "../support/start";
import { expect, test } from "../support/test";

const progress = (page: Page, done: number) => expect(page.getByText(`${done} of 5 done`)).toBeVisible();

/** Follows the deep link of a step to the very page of the admin center, in a tab of its own. */
async function follow(page: Page, name: Step, heading: string): Promise<Page> {
  const opened = page.waitForEvent("popup");
  await step(page, name).getByRole("link", { name: "Open Microsoft Entra" }).click();
  const center = await opened;
  await expect(center.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  return center;
}

// Each has an app, organizations and people of its own.
test.describe.configure({ mode: "parallel" });

test("an owner sends a link, and the customer's admin has every step done for them", async ({ page, browser, watch }) => {
  test.setTimeout(180_000);
  const truvio = await erpApp();
  await page.goto(portal.invite(truvio.app, "owner", "Olivia").url);
  await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
  await signInAs(page, PEOPLE.olivia);
  const megan = await begin(browser, watch, await setupLink(page, truvio.organization));
  await progress(megan, 0);
  await look(megan, "erp-begin");
  await signInStep(megan, PEOPLE.megan);
  await expect(step(megan, "sign-in")).toContainText("Megan Bowen (megan.bowen@contoso.com) signed in");
  await expect(step(megan, "service-user"), "what comes next is open").toHaveAttribute("open", "");

  const local = `svc-erp-${fresh()}`;
  await megan.getByLabel("User principal name").last().fill(`${local}@${CONTOSO}`);
  await look(megan, "erp-service-user");
  await press(megan, "service-user", "Create the service user");
  await hydrated(megan);
  await stands(megan, "service-user", "done");
  const password = await copied(megan, megan.getByRole("button", { name: "Copy Password" }));
  expect(password.length).toBeGreaterThanOrEqual(28);
  await look(megan, "erp-password");
  await megan.getByRole("link", { name: "I stored it" }).click();
  await hydrated(megan);
  await expect(megan.getByText(password)).toHaveCount(0);

  await expect(step(megan, "admin-consent")).toHaveAttribute("open", "");
  await look(megan, "erp-consent");
  await press(megan, "admin-consent", "Grant consent at Microsoft");
  await expect(megan.getByRole("heading", { name: "Permissions requested" })).toBeVisible();
  await look(megan, "microsoft-permissions");
  await passOn(megan);
  await hydrated(megan);
  await stands(megan, "admin-consent", "done");
  await expect(step(megan, "admin-consent")).toContainText("permissions granted");
  await look(megan, "erp-role");
  await press(megan, "app-role", "Assign the app role");
  await expect(megan.getByRole("status").filter({ hasText: "Microsoft took the assignment" })).toBeVisible();
  await stands(megan, "app-role", "done");
  await hydrated(megan);
  await look(megan, "erp-test");
  await testStep(megan, `${local}@${CONTOSO}`);
  await stands(megan, "test-sign-in", "done");
  await expect(step(megan, "test-sign-in")).toContainText(`${local}@${CONTOSO} got in with ${ERP_ROLE}`);
  await expect(megan.getByText("Every step is proven.")).toBeVisible();
  await progress(megan, 5);
  await look(megan, "erp-done");
  await megan.getByRole("link", { name: "All checklists" }).click();
  await expect(megan.getByText("5 of 5 done")).toBeVisible();

  // What was made is taken back from the same place.
  await megan.getByRole("link", { name: /ERP checklist/ }).click();
  await hydrated(megan);
  await press(megan, "app-role", "Undo…");
  await look(megan, "erp-undo");
  await megan.getByRole("dialog").getByRole("button", { name: "Remove the role" }).click();
  await expect(megan.getByRole("status").filter({ hasText: "Taken back in the tenant" })).toBeVisible();
  await hydrated(megan);
  await stands(megan, "app-role", "to-do");
  await press(megan, "service-user", "Undo…");
  await megan.getByRole("dialog").getByRole("button", { name: "Delete the user" }).click();
  await expect(megan.getByRole("status").filter({ hasText: "Taken back in the tenant" })).toBeVisible();
  await hydrated(megan);
  await stands(megan, "service-user", "to-do");
  await stands(megan, "test-sign-in", "to-do");
  await megan.goto(`${microsoft.url}/users?q=${local}`);
  await expect(megan.getByText("Nobody is called like that.")).toBeVisible();
  await open(page, portal.path(truvio.organization, "onboarding"));
  await expect(page.getByText(/[123] of 5 done/), "the owner sees how far they are").toBeVisible();
  await look(page, "onboarding-erp");
  await megan.context().close();
});

test("every step is done by hand in Microsoft's own pages, and turns by itself", async ({ browser, watch }) => {
  test.setTimeout(120_000);
  const truvio = await erpApp();
  const megan = await admin(browser, watch, truvio);
  await signInStep(megan, PEOPLE.megan);

  const ways = await unfold(megan, "service-user");
  await ways.getByText("By hand", { exact: true }).click();
  await look(megan, "erp-by-hand");
  const center = await follow(megan, "service-user", "Users");
  const word = fresh();
  await center.getByLabel("Given name").fill("Erpo");
  await center.getByLabel("Surname").fill(word);
  await center.getByLabel("User principal name").fill(`erpo.${word}`);
  await center.getByRole("button", { name: "Create", exact: true }).click();
  await said(center, "Done", `Erpo ${word} was created.`);
  await megan.bringToFront();
  await chooseStep(megan, `Erpo ${word}`);

  // The app is not in the tenant yet: consent by link adds it. Then its permissions are taken away and granted by hand.
  await consentStep(megan);
  await (await unfold(megan, "admin-consent")).getByText("By hand", { exact: true }).click();
  const clientId = step(megan, "admin-consent").getByRole("button", { name: "Copy Application (client) ID" });
  expect(await copied(megan, clientId)).toBe(truvio.clientId);
  await center.close();
  const apps = await follow(megan, "admin-consent", "Enterprise applications");
  await apps.getByRole("row").filter({ hasText: truvio.clientId }).getByRole("link").click();
  await apps.getByRole("link", { name: "Permissions" }).click();
  const stays = await unloaded(megan);
  await apps.getByRole("button", { name: "Revoke access_as_user" }).click();
  await said(apps, "Done", "The permission was revoked.");
  await stands(megan, "admin-consent", "failed");
  await expect(step(megan, "admin-consent")).toContainText("Consent holds, without these permissions: access_as_user");
  await apps.getByRole("button", { name: "Grant admin consent for Contoso" }).click();
  await said(apps, "Done", "Admin consent was granted");
  await stands(megan, "admin-consent", "done");

  await (await unfold(megan, "app-role")).getByText("By hand", { exact: true }).click();
  await look(megan, "erp-role-by-hand");
  await apps.getByRole("navigation", { name: "Pages of this application" }).getByRole("link", { name: "Users and groups" }).click();
  await apps.getByLabel("User", { exact: true }).fill(`erpo.${word}@${CONTOSO}`);
  await apps.getByLabel("Role").selectOption({ label: ERP_ROLE });
  await apps.getByRole("button", { name: "Assign" }).click();
  await said(apps, "Done", `was assigned to Erpo ${word}`);
  await stands(megan, "app-role", "done");
  await stays();
  await expect(step(megan, "app-role").getByRole("button", { name: "Undo…" }), "what others made is theirs to undo").toHaveCount(0);

  await testStep(megan, `erpo.${word}@${CONTOSO}`);
  await stands(megan, "test-sign-in", "done");
  await progress(megan, 5);
  await megan.context().close();
});

test("each named failure is told, and mended by following the page", async ({ browser, watch }) => {
  test.setTimeout(120_000);
  watch.allow(/status of 403/);
  const truvio = await erpApp();
  const service = await microsoft.hire(CONTOSO, "Sven", "Service");
  const megan = await admin(browser, watch, truvio);
  await signInStep(megan, PEOPLE.megan);
  await chooseStep(megan, "Sven Service");

  // Consent required.
  await press(megan, "test-sign-in", "Sign in as the service user");
  await pick(megan, service);
  await expect(megan.getByRole("heading", { name: "Need admin approval" })).toBeVisible();
  await look(megan, "microsoft-admin-needed");
  await megan.getByRole("button", { name: "Return to the application without granting consent" }).click();
  await hydrated(megan);
  await stands(megan, "test-sign-in", "failed");
  await expect(step(megan, "test-sign-in")).toContainText(/Consent required: it was not granted, or is not visible yet \(AADSTS\d+\)/);
  await look(megan, "erp-consent-required");
  await megan.getByRole("link", { name: "Go to the step that mends it: Grant admin consent" }).click();
  await hydrated(megan);
  await expect(step(megan, "admin-consent")).toHaveAttribute("open", "");

  // Cancelled on Microsoft's page, then granted.
  await press(megan, "admin-consent", "Grant consent at Microsoft");
  await pick(megan, PEOPLE.megan);
  await megan.getByRole("button", { name: "Cancel" }).click();
  await hydrated(megan);
  await expect(step(megan, "admin-consent")).toContainText("Consent was cancelled on Microsoft's page.");
  await press(megan, "admin-consent", "Grant consent at Microsoft");
  await signInAs(megan, PEOPLE.megan);
  await hydrated(megan);
  await stands(megan, "admin-consent", "done");
  await unfold(megan, "test-sign-in");
  await expect(step(megan, "test-sign-in")).toContainText("The step that mends it is done by now. Test again.");

  // Access denied: the role is missing, then on the wrong principal.
  await testStep(megan, service);
  await stands(megan, "test-sign-in", "failed");
  await expect(step(megan, "test-sign-in")).toContainText("Access denied: the service user lacks the app role");
  await look(megan, "erp-access-denied");
  await megan.getByRole("link", { name: "Go to the step that mends it: Assign the app role" }).click();
  await hydrated(megan);
  const center = await megan.context().newPage();
  await center.goto(`${microsoft.url}/enterprise-applications`);
  await center.getByRole("row").filter({ hasText: truvio.clientId }).getByRole("link").click();
  await center.getByRole("navigation", { name: "Pages of this application" }).getByRole("link", { name: "Users and groups" }).click();
  await center.getByLabel("User", { exact: true }).fill(PEOPLE.alex);
  await center.getByLabel("Role").selectOption({ label: ERP_ROLE });
  await center.getByRole("button", { name: "Assign" }).click();
  await said(center, "Done", "was assigned to Alex Wilber");
  await megan.bringToFront();
  await stands(megan, "app-role", "failed");
  await expect(step(megan, "app-role")).toContainText("The role is on the wrong principal: Alex Wilber. The service user lacks it.");
  await look(megan, "erp-wrong-principal");
  await press(megan, "app-role", "Assign the app role");
  await hydrated(megan);
  await stands(megan, "app-role", "done");
  await unfold(megan, "app-role");
  await expect(step(megan, "app-role")).toContainText("These hold the role too and get in: Alex Wilber.");

  // Wrong account.
  await testStep(megan, PEOPLE.alex);
  await stands(megan, "test-sign-in", "failed");
  await expect(step(megan, "test-sign-in")).toContainText("Wrong account: alex.wilber@contoso.com signed in, not the service user.");
  await look(megan, "erp-wrong-account");
  await testStep(megan, service);
  await stands(megan, "test-sign-in", "done");
  await progress(megan, 5);
  await megan.context().close();
});

test("who lacks a role is told which, and hands the step to a colleague", async ({ browser, watch }) => {
  test.setTimeout(120_000);
  watch.allow(/status of 404/);
  const truvio = await erpApp();
  const adele = await admin(browser, watch, truvio);
  await signInStep(adele, PEOPLE.adele);
  const lacking = await unfold(adele, "service-user");
  await expect(lacking).toContainText("Your account lacks the directory role for this. One of these is enough: User Administrator");
  await look(adele, "erp-hand-over");
  await lacking.getByRole("button", { name: "Make a link for this step" }).click();
  await hydrated(adele);
  const link = await copied(adele, adele.getByRole("button", { name: "Copy Setup link" }));
  await look(adele, "erp-hand-over-made");
  await adele.getByRole("link", { name: "I stored it" }).click();
  await hydrated(adele);

  const megan = await begin(browser, watch, link);
  await expect(step(megan, "service-user")).toBeVisible();
  await expect(step(megan, "admin-consent"), "exactly that step").toHaveCount(0);
  await signInStep(megan, PEOPLE.megan);
  await look(megan, "erp-one-step");
  const local = `svc-erp-${fresh()}`;
  await megan.getByLabel("User principal name").last().fill(`${local}@${CONTOSO}`);
  await press(megan, "service-user", "Create the service user");
  await hydrated(megan);
  await stands(megan, "service-user", "done");
  await stands(adele, "service-user", "done");
  await expect(step(adele, "service-user"), "Adele sees it without a reload").toContainText(`${local}@${CONTOSO} is an enabled member`);

  // What her own role is enough for she does herself.
  await consentStep(adele);
  await press(adele, "app-role", "Assign the app role");
  await hydrated(adele);
  await stands(adele, "app-role", "done");
  await megan.context().close();
  await adele.context().close();
});

test("whoever comes back finds their place", async ({ browser, watch }) => {
  test.setTimeout(120_000);
  const truvio = await erpApp();
  const service = await microsoft.hire(CONTOSO, "Petra", "Place");
  const megan = await admin(browser, watch, truvio);
  await signInStep(megan, PEOPLE.megan);
  await chooseStep(megan, "Petra Place");
  const kept = await megan.context().newPage();
  await megan.close();
  await open(kept, `${portal.url}/setup/onboarding`);
  await progress(kept, 2);
  await expect(step(kept, "admin-consent"), "the first unfinished step").toHaveAttribute("open", "");
  await expect(step(kept, "service-user")).toContainText(service);
  await expect(step(kept, "sign-in")).toContainText("Megan Bowen");
  await kept.context().close();
});
