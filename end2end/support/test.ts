// `test` as every file here uses it: a page that is watched for what must never happen.

import { type BrowserContext, type Page, test as base, expect } from "@playwright/test";
import { Entra } from "./entra";
import { signIn } from "./portal";

export { expect };

/** Hears what must not happen on any page of a context: errors, dialogs, violations of the Content-Security-Policy. */
export class Watch {
  private readonly heard: string[] = [];
  private readonly allowed: RegExp[] = [];

  async over(context: BrowserContext): Promise<void> {
    context.pages().forEach((page) => this.hear(page));
    context.on("page", (page) => this.hear(page));
    context.on("weberror", (error) => this.heard.push(`uncaught: ${error.error()}`));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`Content-Security-Policy: ${event.violatedDirective} refused ${event.blockedURI}`);
      });
    });
  }

  /** Something a test brings about on purpose, such as the browser's own line about a page that answers 404. */
  allow(expected: RegExp): void {
    this.allowed.push(expected);
  }

  /** What was heard and not allowed. */
  unexpected(): string[] {
    return this.heard.filter((line) => !this.allowed.some((expected) => expected.test(line)));
  }

  private hear(page: Page): void {
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.heard.push(`${message.type()} at ${page.url()}: ${message.text()}`);
      }
    });
    page.on("dialog", (dialog) => {
      this.heard.push(`dialog at ${page.url()}: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }
}

/** How large the tenant of a test is: `test.use({ tenant: { users: 250, groups: 20 } })`. */
interface Options {
  tenant: { users: number; groups: number };
}

interface Fixtures {
  watch: Watch;
  owner: Page;
  plain: Page;
  entra: Entra;
}

export const test = base.extend<Options & Fixtures>({
  tenant: [{ users: 30, groups: 6 }, { option: true }],


  /** Watches the test's own context; others are handed over by `watch.over`. */
  watch: [
    async ({ context }, use) => {
      const watch = new Watch();
      await watch.over(context);
      await use(watch);
      expect(watch.unexpected(), "what must not happen on a page").toEqual([]);
    },
    { auto: true },
  ],

  /** A page of an owner who is signed in. */
  owner: async ({ page }, use) => {
    await signIn(page);
    await use(page);
  },

  /** A page of an owner in a browser without script. */
  plain: async ({ browser, watch }, use) => {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-GB", timezoneId: "UTC" });
    await watch.over(context);
    watch.allow(/rollcall\.wasm was preloaded using link preload but not used/);
    const page = await context.newPage();
    await signIn(page);
    await use(page);
    await context.close();
  },

  /** A tenant of Contoso, with its admin center, for this test alone. */
  entra: async ({ tenant }, use) => {
    const entra = await Entra.start(tenant.users, tenant.groups);
    await use(entra);
    await entra.stop();
  },
});
