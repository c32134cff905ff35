// Before the first test: the portal on a SQLite file of its own. After the last: it is stopped and its folder removed.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Started, binary, freePort } from "./machine";

export default async function start(): Promise<() => Promise<void>> {
  const rollcall = binary("rollcall", "ROLLCALL_BIN");
  const emulator = binary("rollcall-emulator", "ROLLCALL_EMULATOR_BIN");
  const folder = mkdtempSync(path.join(tmpdir(), "rollcall-end2end-"));
  const address = `127.0.0.1:${await freePort()}`;
  const environment = {
    ROLLCALL_LISTEN: address,
    ROLLCALL_PUBLIC_URL: `http://${address}`,
    ROLLCALL_DATA_DIR: folder,
    ROLLCALL_DATABASE_URL: `sqlite:${path.join(folder, "rollcall.db")}`,
  };
  const server = new Started("rollcall serve", rollcall, ["serve"], environment);
  await server.ready(`http://${address}/readyz`);
  // The workers inherit this.
  Object.assign(process.env, environment, { ROLLCALL_BIN: rollcall, ROLLCALL_EMULATOR_BIN: emulator });
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
