// The Contoso admin center, the emulator's own pages: a person must be able to use them as well.

import { look } from "../support/look";
import { said } from "../support/entra";
import { expect, test } from "../support/test";

test("every page of the admin center stands axe in light and dark", async ({ page, entra }) => {
  test.setTimeout(240_000);
  const pages: [string, string][] = [
    ["home", entra.url],
    ["demo", `${entra.url}/demo`],
    ["users", `${entra.url}/users`],
    ["deleted-users", `${entra.url}/users?show=deleted`],
    ["groups", `${entra.url}/groups`],
    ["applications", `${entra.url}/enterprise-applications`],
    ["assignments", entra.page("/users-and-groups")],
    ["provisioning", entra.page("/provisioning")],
    ["settings", entra.page("/provisioning/settings")],
    ["on-demand", entra.page("/provisioning/on-demand")],
    ["logs", entra.page("/provisioning/logs")],
  ];
  for (const [name, address] of pages) {
    await page.goto(address);
    await look(page, `contoso-${name}`);
  }
  await page.goto(`${entra.url}/users`);
  await page.locator("tbody tr a").first().click();
  await look(page, "contoso-user");
});

test("people are hired, blocked, deleted and restored", async ({ page, entra }) => {
  await page.goto(`${entra.url}/users`);
  await page.getByLabel("Given name").fill("Nina");
  await page.getByLabel("Surname").fill("Neu");
  await page.getByLabel("User principal name").fill("nina.neu");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await said(page, "Done", "Nina Neu was created.");
  await page.getByRole("button", { name: "Block sign-in" }).click();
  await expect(page.getByText("Blocked")).toBeVisible();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("button", { name: "Restore user" })).toBeVisible();
  await page.getByRole("button", { name: "Restore user" }).click();
  await expect(page.getByRole("button", { name: "Unblock sign-in" })).toBeVisible();
});
