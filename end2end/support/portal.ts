// The portal under test: its command line, and what a person does on its pages.

import { type Locator, type Page, expect } from "@playwright/test";
import { run } from "./machine";
import { Scim } from "./scim";
import { running } from "./start";

/** A directory that the command line made, with its only token. */
export interface Directory {
  id: string;
  endpoint_url: string;
  bearer_token: string;
}

/** The form of a bearer token. */
export const TOKEN = /rollcall_scim_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}/;

/** The running portal, started by support/start.ts. */
export const portal = {
  get url(): string {
    return running().url;
  },

  /** `rollcall …`, as an operator runs it beside the server. */
  command(...args: string[]): string {
    return this.told("", ...args);
  },

  /** The same, with something on its standard input. */
  told(input: string, ...args: string[]): string {
    const { rollcall, settings } = running();
    return run(rollcall, args, settings, input);
  },

  json<T>(...args: string[]): T {
    return JSON.parse(this.command(...args, "--json")) as T;
  },

  /** Changes what the server keeps, where a test would have to wait for days. */
  sql(statement: string, ...values: string[]): void {
    const file = running().settings.ROLLCALL_DATABASE_URL!.replace("sqlite:", "");
    const program = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], 10); db.execute(sys.argv[2], sys.argv[3:]); db.commit()";
    run("python3", ["-c", program, file, statement, ...values], {});
  },

  /** A one-time way in. */
  bootstrapLink(): string {
    const found = this.command("bootstrap-link").match(/https?:\/\/\S+\/enter\/\S+/);
    if (!found) throw new Error("`rollcall bootstrap-link` printed no link");
    return found[0];
  },

  /** An app of a test's own. */
  app(name: string): { id: string } {
    return this.json<{ id: string }>("app", "create", "--name", name);
  },

  /** An organization. */
  organization(name: string, app = running().app): { id: string } {
    return this.json<{ id: string }>("organization", "create", "--app", app, "--name", name);
  },

  /** An invite to an app's team. */
  invite(app: string, role: "owner" | "support", note: string): { id: string; url: string } {
    return this.json("staff", "invite", "--app", app, "--role", role, "--note", note);
  },

  directory(organization: string, provider = "entra-id"): Directory {
    return this.json<Directory>("directory", "create", "--organization", organization, "--provider", provider);
  },

  /** An organization with a directory, and a SCIM client that plays its provider. */
  connected(name: string): { organization: string; directory: Directory; scim: Scim } {
    const organization = this.organization(name).id;
    const directory = this.directory(organization);
    return { organization, directory, scim: new Scim(directory.endpoint_url, directory.bearer_token) };
  },

  path(organization: string, rest = "directory-sync"): string {
    return `${this.url}/organizations/${organization}/${rest}`;
  },
};

/** Waits until the islands of the page are alive. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", /.*/);
}

/** Opens a page of the portal and waits until its islands are alive. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await hydrated(page);
}

/** Signs in with a fresh one-time link. */
export async function signIn(page: Page): Promise<void> {
  await page.goto(portal.bootstrapLink());
  await expect(page).toHaveURL(/\/organizations/);
}

/** The value beside its label, as a copy field shows it. */
export async function copied(page: Page, button: Locator): Promise<string> {
  await button.click();
  await expect(button).toContainText("Copied");
  return page.evaluate(() => navigator.clipboard.readText());
}

/** A section of the page by its heading. */
export function section(page: Page, name: string | RegExp): Locator {
  return page.getByRole("region", { name });
}

/** The verdict of the directory that the Directory Sync tab shows. */
export function health(page: Page): Locator {
  return page.locator(".directory-health");
}

/** The two values to paste, right after they were made. */
export function secret(page: Page): Locator {
  return section(page, /^Paste these two values into /);
}

/** The bearer token as the page shows it, once. */
export async function shownToken(page: Page): Promise<string> {
  const found = (await secret(page).innerText()).match(TOKEN);
  if (!found) throw new Error("the page shows no bearer token");
  return found[0];
}
