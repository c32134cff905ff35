// Microsoft's side, as the emulator plays it: its sign-in pages, and what a test needs of its tenants.

import { type Browser, type Page, expect } from "@playwright/test";
import { portal } from "./portal";
import { ERP_ROLE, running } from "./start";
import type { Watch } from "./test";

/** People of the emulator, by their user principal names. */
export const PEOPLE = {
  olivia: "olivia.owner@heroindustries.example",
  sam: "sam.support@heroindustries.example",
  megan: "megan.bowen@contoso.com",
  adele: "adele.vance@contoso.com",
  alex: "alex.wilber@contoso.com",
  patti: "patti.fernandez@fabrikam.com",
};

export const VENDOR = "heroindustries.example";
export const CONTOSO = "contoso.com";

/** The emulator's control surface and its admin center. */
export const microsoft = {
  get url(): string {
    return running().microsoft.url.replace(/\/$/, "");
  },

  async control<T>(method: string, route: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/control${route}`, {
      method,
      headers: { "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} /control${route}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  },

  /** A user of a test's own, in any tenant. */
  async hire(domain: string, given: string, surname: string): Promise<string> {
    const local = `${given}.${surname}.${fresh()}`.toLowerCase();
    const form = new URLSearchParams({ tenant: domain, given, surname, local });
    const answer = await fetch(`${this.url}/users`, { method: "POST", body: form, redirect: "manual" });
    if (!/\/users\/[0-9a-f-]{36}/.test(answer.headers.get("location") ?? "")) {
      throw new Error(`${local} was not hired: ${answer.status} ${answer.headers.get("location")}`);
    }
    return `${local}@${domain}`;
  },
};

/** Somebody else's browser, watched as one's own. */
export async function elsewhere(browser: Browser, watch: Watch): Promise<Page> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", permissions: ["clipboard-read", "clipboard-write"] });
  await watch.over(context);
  return context.newPage();
}

let made = 0;

/** A short word that no other test of this run has. */
export function fresh(): string {
  made += 1;
  return `${process.env.TEST_PARALLEL_INDEX ?? 0}${process.pid.toString(36)}${made}`;
}

/** An app whose customers connect their ERP: a registration of its own, so that no test sees what another did in Contoso. */
export interface ErpApp {
  app: string;
  name: string;
  clientId: string;
  organization: string;
}

/** The app with its first customer. */
export async function erpApp(customer = "Contoso"): Promise<ErpApp> {
  const name = `Truvio ${fresh()}`;
  const registered = await microsoft.control<{ appId: string; secrets: { secretText: string }[] }>("POST", "/cloud/applications", {
    like: "Truvio",
    displayName: name,
  });
  const app = portal.app(name).id;
  const secret = registered.secrets[0]!.secretText;
  portal.told(secret, "app", "set", "--app", app, "--client-id", registered.appId, "--role", ERP_ROLE, "--client-secret-stdin");
  return { app, name, clientId: registered.appId, organization: portal.organization(customer, app).id };
}

/** On Microsoft's page *Pick an account*: this one. */
export async function pick(page: Page, upn: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: "Pick an account" })).toBeVisible();
  await page.getByLabel("User principal name", { exact: true }).fill(upn);
  await page.getByRole("button", { name: "Next" }).click();
}

/** Picks an account and accepts what is asked for, as often as it is asked, until Microsoft lets the browser go. */
export async function signInAs(page: Page, upn: string): Promise<void> {
  await pick(page, upn);
  await passOn(page);
}

/** Accepts whatever Microsoft asks until the browser is back with us. */
export async function passOn(page: Page): Promise<void> {
  const accept = page.getByRole("button", { name: "Accept" });
  const ours = page.locator("html[data-theme], html[data-hydrated]");
  while (new URL(page.url()).origin === new URL(microsoft.url).origin) {
    await accept.or(ours).first().waitFor();
    if (await accept.isVisible()) await accept.click();
  }
}
