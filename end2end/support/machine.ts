// What the tests find on this machine and start on it: browser, binaries, processes.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The workspace's root. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** The browser to drive: the one named, the system's, or (undefined) the one Playwright brought. */
export function chromium(): string | undefined {
  const named = process.env.ROLLCALL_CHROMIUM;
  if (named) return named;
  return existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined;
}

/** A binary of ours: the one named in `variable`, else the newest that cargo left. */
export function binary(name: string, variable: string): string {
  const named = process.env[variable];
  if (named) return named;
  const target = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target");
  const built = ["release", "debug"]
    .map((profile) => path.resolve(ROOT, target, profile, name))
    .filter((candidate) => existsSync(candidate))
    .sort((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs);
  if (!built[0]) throw new Error(`${name} is not built: \`cargo build\` first, or name it in ${variable}`);
  return built[0];
}

/** A port of 127.0.0.1 that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

/** Our environment, with no settings of Rollcall but these: it refuses names it does not know. */
function only(settings: Record<string, string>): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("ROLLCALL_"));
  return { ...Object.fromEntries(others), ...settings };
}

/** A process that the tests started. What it wrote is kept, to be shown when something fails. */
export class Started {
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly gone: Promise<string>;
  private waiting: Array<{ wanted: RegExp; resolve: (found: RegExpMatchArray) => void }> = [];

  constructor(
    readonly name: string,
    command: string,
    args: string[],
    environment: Record<string, string> = {},
  ) {
    this.child = spawn(command, args, { env: only(environment), stdio: ["ignore", "pipe", "pipe"] });
    this.gone = new Promise((resolve) => {
      this.child.once("error", (error) => resolve(error.message));
      this.child.once("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.hear(line));
    }
  }

  /** Resolves with the first line, written already or yet to come, that matches. */
  async says(wanted: RegExp): Promise<RegExpMatchArray> {
    for (const line of this.lines) {
      const found = line.match(wanted);
      if (found) return found;
    }
    const heard = new Promise<RegExpMatchArray>((resolve) => this.waiting.push({ wanted, resolve }));
    return Promise.race([heard, this.gone.then((how) => this.fail(`${how} before it said ${wanted}`))]);
  }

  /** Asks until the address answers 200; fails when the process ends first. */
  async ready(url: string): Promise<void> {
    let gone: string | undefined;
    void this.gone.then((how) => (gone = how));
    while (!(await answers(url))) {
      if (gone) this.fail(`${gone} before ${url} answered`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Asks it to end, by its id, and waits until it has. */
  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    const hard = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await this.gone;
    clearTimeout(hard);
  }

  private hear(line: string): void {
    this.lines.push(line);
    this.waiting = this.waiting.filter(({ wanted, resolve }) => {
      const found = line.match(wanted);
      if (found) resolve(found);
      return !found;
    });
  }

  private fail(why: string): never {
    throw new Error(`${this.name} ${why}\n${this.lines.slice(-40).join("\n")}`);
  }
}

/** Runs a command to its end and answers what it wrote. */
export function run(command: string, args: string[], environment: Record<string, string>, input = ""): string {
  const done = spawnSync(command, args, { env: only(environment), encoding: "utf8", input });
  if (done.status !== 0) {
    throw new Error(`${path.basename(command)} ${args.join(" ")}: ${done.error ?? done.status}\n${done.stdout}${done.stderr}`);
  }
  return done.stdout;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
