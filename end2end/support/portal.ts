// The portal under test: its command line, and what a person does on its pages.

import { type Locator, type Page, expect } from "@playwright/test";
import { run } from "./machine";
import { Scim } from "./scim";

/** A directory that the command line made, with its only token. */
export interface Directory {
  id: string;
  endpoint_url: string;
  bearer_token: string;
}

const set = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: support/start.ts has not run`);
  return value;
};

/** The running portal, started by support/start.ts. */
export const portal = {
  get url(): string {
    return set("ROLLCALL_PUBLIC_URL");
  },

  /** `rollcall …`, as an operator runs it beside the server. */
  command(...args: string[]): string {
    return run(set("ROLLCALL_BIN"), args, {});
  },

  json<T>(...args: string[]): T {
    return JSON.parse(this.command(...args, "--json")) as T;
  },

  /** A one-time way in. */
  bootstrapLink(): string {
    const found = this.command("bootstrap-link").match(/https?:\/\/\S+\/enter\/\S+/);
    if (!found) throw new Error("`rollcall bootstrap-link` printed no link");
    return found[0];
  },

  /** An organization of the app `end2end`, which the first call makes. */
  organization(name: string): { id: string } {
    const apps = this.json<{ id: string; name: string }[]>("app", "list");
    const app = apps.find((app) => app.name === "end2end") ?? this.json<{ id: string }>("app", "create", "--name", "end2end");
    return this.json<{ id: string }>("organization", "create", "--app", app.id, "--name", name);
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
