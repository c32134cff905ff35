// An app's own page with the portal within it: `end2end/embedding/index.html`, served from another site than the portal's.

import { readFileSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Page } from "@playwright/test";
import { ROOT } from "./machine";
import { portal } from "./portal";

/** What a page around the portal is told. */
export interface Heard {
  origin: string;
  data: { source: string; type: string; [more: string]: unknown };
}

/** An app's site. `localhost` is another site than the portal's 127.0.0.1, for cookies too. */
export class Site {
  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async start(): Promise<Site> {
    const example = readFileSync(path.join(ROOT, "end2end/embedding/index.html"), "utf8");
    const server = createServer((request, response) => {
      const shown = new URL(request.url ?? "/", "http://localhost").searchParams.get("shown") ?? "";
      const page = example
        .replace("https://rollcall.example/setup/rollcall_setup_…", portal.url + shown)
        .replaceAll("https://rollcall.example", portal.url);
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(page);
    });
    await new Promise<void>((listening) => server.listen(0, "localhost", listening));
    return new Site(server, `http://localhost:${(server.address() as AddressInfo).port}`);
  }

  /** Opens the app's page with a page of the portal in its frame. */
  async show(page: Page, address: string): Promise<void> {
    const shown = new URL(address, portal.url);
    await page.goto(`${this.origin}/?shown=${encodeURIComponent(shown.pathname + shown.search)}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

/** Keeps every message that comes to the app's page, whoever sends it. */
export async function listen(page: Page): Promise<() => Promise<Heard[]>> {
  const heard: Heard[] = [];
  await page.exposeFunction("tellTest", (one: Heard) => void heard.push(one));
  await page.addInitScript(() => {
    if (window.parent !== window) return;
    window.addEventListener("message", (event) => {
      const tell = (window as unknown as { tellTest: (heard: unknown) => void }).tellTest;
      tell({ origin: event.origin, data: event.data });
    });
  });
  return async () => heard;
}
