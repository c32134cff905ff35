// Before the first test: the portal on a SQLite file of its own, and Microsoft's side of it, played by the emulator. After
// the last: both are stopped and their folder removed.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Started, binary, freePort, run } from "./machine";

/** What the workers learn from the start, through the environment they inherit. */
export interface Running {
  rollcall: string;
  emulator: string;
  url: string;
  settings: Record<string, string>;
  /** The app that a test means when it names none. */
  app: string;
  microsoft: Described;
}

/** What the emulator says of itself: `rollcall-emulator serve --describe`. */
export interface Described {
  url: string;
  authority: string;
  graph: string;
  apps: { name: string; client_id: string; client_secret: string }[];
}

const RUNNING = "END2END_RUNNING";

/** The app whose customers the tests' organizations are, as in `make run`. */
const APP = "Hero SaaS";

/** The app whose ERP checklist is gone through. */
const ERP_APP = "Truvio";
export const ERP_ROLE = "Truvio.SubscriptionService";

/** Between two cycles of provisioning, which no test wants of this emulator. */
const NEVER = "100000";

/** What was started here, for the workers. */
export function running(): Running {
  const told = process.env[RUNNING];
  if (!told) throw new Error("nothing is running: the global setup has not been called");
  return JSON.parse(told) as Running;
}

export default async function start(): Promise<() => Promise<void>> {
  const rollcall = binary("rollcall", "ROLLCALL_BIN");
  const emulator = binary("rollcall-emulator", "ROLLCALL_EMULATOR_BIN");
  const folder = mkdtempSync(path.join(tmpdir(), "rollcall-end2end-"));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const described = path.join(folder, "emulator.json");
  const size = ["--users", "60", "--groups", "6"];
  const emulated = ["serve", "--http", "127.0.0.1:0", "--cycle-seconds", NEVER, "--describe", described, "--portal-url", url, ...size];
  const tenants = new Started("rollcall-emulator serve", emulator, emulated);
  await tenants.says(/Contoso admin center: /);
  const microsoft = JSON.parse(readFileSync(described, "utf8")) as Described;
  const registered = (name: string) => {
    const found = microsoft.apps.find((app) => app.name === name);
    if (!found) throw new Error(`the emulator has no app ${name}`);
    return found;
  };
  const own = registered("Rollcall");
  const settings = {
    ROLLCALL_LISTEN: address,
    ROLLCALL_PUBLIC_URL: url,
    ROLLCALL_DATA_DIR: folder,
    ROLLCALL_DATABASE_URL: `sqlite:${path.join(folder, "rollcall.db")}`,
    ROLLCALL_ENTRA_AUTHORITY: microsoft.authority,
    ROLLCALL_ENTRA_GRAPH: microsoft.graph,
    ROLLCALL_ENTRA_ADMIN_CENTER: microsoft.url,
    ROLLCALL_ENTRA_CLIENT_ID: own.client_id,
    ROLLCALL_ENTRA_CLIENT_SECRET: own.client_secret,
  };
  const server = new Started("rollcall serve", rollcall, ["serve"], settings);
  await server.ready(`${url}/readyz`);
  const made = (name: string) => JSON.parse(run(rollcall, ["app", "create", "--name", name, "--json"], settings)) as { id: string };
  const app = made(APP).id;
  const { client_id, client_secret } = registered(ERP_APP);
  const entered = ["--client-id", client_id, "--role", ERP_ROLE, "--client-secret-stdin"];
  run(rollcall, ["app", "set", "--app", made(ERP_APP).id, ...entered], settings, client_secret);
  const running: Running = { rollcall, emulator, url, settings, app, microsoft };
  process.env[RUNNING] = JSON.stringify(running);
  return async () => {
    await server.stop();
    await tenants.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
