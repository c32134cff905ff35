import { defineConfig, devices } from "@playwright/test";
import { chromium } from "./support/machine";

// Rollcall in a real browser, with the emulator as Entra.
//
//   npm ci && npm test            all of it, with what `cargo build` left in target/
//   ROLLCALL_BIN=… ROLLCALL_EMULATOR_BIN=… ROLLCALL_CHROMIUM=… npx playwright test story
//
// No test waits by the clock: each waits for what it wants to see.
export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  globalSetup: "./support/start.ts",
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    locale: "en-GB",
    timezoneId: "UTC",
    actionTimeout: 15_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    permissions: ["clipboard-read", "clipboard-write"],
    launchOptions: {
      executablePath: chromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
