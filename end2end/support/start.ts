// Before the first test: the portal on a SQLite file of its own. After the last: it is stopped and its folder removed.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Started, binary, freePort, run } from "./machine";

/** What the workers learn from the start, through the environment they inherit. */
export interface Running {
  rollcall: string;
  emulator: string;
  url: string;
  settings: Record<string, string>;
}

const RUNNING = "END2END_RUNNING";

/** The app whose customers the tests' organizations are, as in `make run`. */
const APP = "Hero SaaS";

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
  const settings = {
    ROLLCALL_LISTEN: address,
    ROLLCALL_PUBLIC_URL: url,
    ROLLCALL_DATA_DIR: folder,
    ROLLCALL_DATABASE_URL: `sqlite:${path.join(folder, "rollcall.db")}`,
  };
  const server = new Started("rollcall serve", rollcall, ["serve"], settings);
  await server.ready(`${url}/readyz`);
  run(rollcall, ["app", "create", "--name", APP], settings);
  const running: Running = { rollcall, emulator, url, settings };
  process.env[RUNNING] = JSON.stringify(running);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
