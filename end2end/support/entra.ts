// The emulator: Contoso's tenant, and its admin center as a person sees it.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Page, expect } from "@playwright/test";
import { Started } from "./machine";
import { running } from "./start";

/** Between two cycles that come by themselves: longer than any test, which runs those it wants. */
const NEVER = "100000";

const APP = "/enterprise-applications/hero-saas";

/** A tenant of a test's own. */
export class Entra {
  private constructor(
    private readonly process: Started,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start(users: number, groups: number): Promise<Entra> {
    const folder = mkdtempSync(path.join(tmpdir(), "rollcall-end2end-entra-"));
    const described = path.join(folder, "described.json");
    const size = ["--users", String(users), "--groups", String(groups)];
    const args = ["serve", "--listen", "127.0.0.1:0", "--cycle-seconds", NEVER, "--describe", described, ...size];
    const process = new Started("rollcall-emulator", running().emulator, args);
    await process.says(/Contoso admin center: /);
    const { url } = JSON.parse(readFileSync(described, "utf8")) as { url: string };
    return new Entra(process, folder, url.replace(/\/$/, ""));
  }

  async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  page(rest: "" | "/provisioning" | "/provisioning/settings" | "/provisioning/on-demand" | "/provisioning/logs" | "/users-and-groups"): string {
    return `${this.url}${APP}${rest}`;
  }

  /** The control surface, for what a test needs without a person. */
  async control<T>(method: string, route: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/control${route}`, {
      method,
      headers: { "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} /control${route}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }
}

/** What the overview says: a figure beside its name. */
export async function figure(page: Page, name: string): Promise<string> {
  return (await page.locator("dt", { hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]").first().innerText()).trim();
}

/** What an action came to. */
export async function said(page: Page, word: "Done" | "Not done", text: string | RegExp): Promise<void> {
  await expect(page.locator(".note").filter({ hasText: word }).filter({ hasText: text })).toBeVisible();
}
