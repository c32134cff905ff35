// Onboarding: the steps of checklist 1 turn green by themselves, each with its evidence.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { look } from "../support/look";
import { press } from "../support/keyboard";
import { microsoft } from "../support/microsoft";
import { health, open, portal } from "../support/portal";
import { Scim } from "../support/scim";
import { expect, test } from "../support/test";

const step = (page: Page, name: string) => page.locator(`[data-step="${name}"]`);

/** What Entra asks when somebody presses Test connection (entra-facts A2). */
const connectionTest = (scim: Scim) => scim.send("GET", `/Users?filter=${encodeURIComponent(`userName eq "${randomUUID()}"`)}`);

test("steps are proven by what arrives, while one watches", async ({ owner: page }) => {
  const { organization, scim } = portal.connected("Step By Step");
  await open(page, portal.path(organization));
  await expect(page.getByText("0 of 10 done")).toBeVisible();
  await expect(step(page, "CreateEnterpriseApp"), "the first unfinished step is open").toHaveAttribute("open", "");
  await look(page, "checklist");

  expect((await connectionTest(scim)).status).toBe(200);
  await expect(step(page, "TestConnection")).toContainText("A connection test arrived and was answered");
  await expect(step(page, "UsersAppear")).toContainText("waiting for Microsoft");
  await expect(page.getByText("4 of 10 done")).toBeVisible();

  await scim.user("first@steps.example", { externalId: randomUUID(), displayName: "First One" });
  await expect(step(page, "UsersAppear")).toContainText("1 active users");
  await expect(step(page, "MapExternalId")).toContainText("1 of 1 users carry their object ID");
  await expect(health(page)).toContainText("Healthy");
  await expect(page.locator(".access")).toContainText("1 user");
});

test("a wrong externalId is told with its remedy", async ({ owner: page }) => {
  const { organization, scim } = portal.connected("Wrong Mapping");
  await scim.user("nick@mapping.example", { externalId: "nick" });
  await open(page, portal.path(organization));
  const map = step(page, "MapExternalId");
  await expect(map).toContainText("failed");
  await map.locator("summary").click();
  await expect(map).toContainText("1 of 1 users came with an externalId that is no object ID");
  await expect(map).toContainText("Restart provisioning");
  await look(page, "checklist-failed");
});

test("a refused token is told where the credentials are entered, and by the health", async ({ owner: page }) => {
  const { organization, directory, scim } = portal.connected("Wrong Token");
  await scim.user("fine@token.example", { externalId: randomUUID() });
  await open(page, portal.path(organization));
  await expect(health(page)).toContainText("Healthy");
  const token = portal.json<{ bearer_token: string; id: string }>("token", "create", "--directory", directory.id);
  portal.command("token", "revoke", "--directory", directory.id, token.id, "--yes");
  const revoked = new Scim(directory.endpoint_url, token.bearer_token);
  expect((await revoked.send("GET", "/Users")).status).toBe(401);
  await expect(health(page)).toContainText("Failing");
  await expect(step(page, "EnterCredentials")).toContainText("failed");
  await expect(page.locator('[data-check="Accepted"]')).toContainText("Refused 1 times since the last good request");
  await look(page, "directory-sync-failing");
  await scim.send("GET", "/Users");
  await expect(health(page), "a good request proves it well again").toContainText("Healthy");
});

test("every step can be opened by keyboard and leads to the very page it is about", async ({ owner: page }) => {
  const { organization } = portal.connected("Deep Links");
  await open(page, portal.path(organization));
  const second = step(page, "ProvisioningModeAutomatic");
  await press(page, second.locator("summary"));
  await expect(second).toHaveAttribute("open", "");
  await expect(step(page, "CreateEnterpriseApp"), "one open at a time").not.toHaveAttribute("open", "");
  const links = page.locator('[data-step] a[target="_blank"]');
  expect(await links.count()).toBeGreaterThan(3);
  for (const link of await links.all()) {
    expect(await link.getAttribute("href")).toContain(`${microsoft.url}/#view/Microsoft_AAD_`);
    expect(await link.getAttribute("rel")).toContain("noopener");
    expect(await link.textContent()).toContain("opens in a new tab");
  }
});
