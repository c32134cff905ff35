"""Asks scim2-tester about a running Rollcall; called by .ci/scim2-tester, which installs what this imports.

Every check must end in SUCCESS. One that does not may be listed in EXPLAINED if an Entra leniency contradicts the RFC:
server/docs/ENTRA.md must then name it ("scim2-tester: <check>") and say why. An entry that no longer happens is an
error too, so that the list never outlives its reasons.
"""

import collections
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

# (check, resource type or None, part of the reason)
EXPLAINED: list[tuple[str, str | None, str]] = []

DOCUMENT = pathlib.Path(__file__).parent.parent.parent / "server/docs/ENTRA.md"

# Fewer checks than this means that the tester stopped early, not that all is well.
AT_LEAST = 130


def main(binary: str) -> int:
    with tempfile.TemporaryDirectory(prefix="rollcall-scim2-tester-") as folder:
        environment = environment_for(folder)
        log = pathlib.Path(folder, "server.log")
        with log.open("wb") as output:
            server = subprocess.Popen([binary, "serve"], env=environment, stdout=output, stderr=output)
        try:
            wait_until_ready(server, environment["ROLLCALL_PUBLIC_URL"], log)
            directory = make_directory(binary, environment)
            results = ask(directory["endpoint_url"], directory["bearer_token"])
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
        return judge(results)


def environment_for(folder: str) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    # Rollcall refuses settings it does not know; whoever calls may have others of that prefix.
    others = {name: value for name, value in os.environ.items() if not name.startswith("ROLLCALL_")}
    return {
        **others,
        "ROLLCALL_LISTEN": address,
        "ROLLCALL_PUBLIC_URL": f"http://{address}",
        "ROLLCALL_DATA_DIR": folder,
        "ROLLCALL_DATABASE_URL": f"sqlite:{folder}/rollcall.db",
    }


def wait_until_ready(server: subprocess.Popen[bytes], url: str, log: pathlib.Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"scim2-tester: the server did not get ready\n{log.read_text(errors='replace')}")


def make_directory(binary: str, environment: dict[str, str]) -> dict[str, str]:
    def rollcall(*arguments: str) -> dict[str, str]:
        done = subprocess.run([binary, *arguments, "--json"], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"scim2-tester: rollcall {' '.join(arguments)} failed\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    app = rollcall("app", "create", "--name", "scim2-tester")
    organization = rollcall("organization", "create", "--app", app["id"], "--name", "scim2-tester")
    return rollcall("directory", "create", "--organization", organization["id"], "--provider", "scim")


def ask(endpoint: str, token: str) -> list:
    random.seed(7643)
    with Client(base_url=endpoint, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        return check_server(SyncSCIMClient(client))


def judge(results: list) -> int:
    unexpected, seen = [], set()
    for result in results:
        if result.status == Status.SUCCESS:
            continue
        entry = next((entry for entry in EXPLAINED if explains(entry, result)), None)
        if entry:
            seen.add(entry)
        else:
            unexpected.append(result)
    for result in unexpected:
        print(f"{result.status.name} {result.title} ({result.resource_type})\n  {result.reason}\n  {result.data!r:.2000}")
    document = DOCUMENT.read_text() if DOCUMENT.exists() else ""
    outlived = [entry for entry in EXPLAINED if entry not in seen]
    unwritten = [entry for entry in EXPLAINED if f"scim2-tester: {entry[0]}" not in document]
    for entry in outlived:
        print(f"explained, but it does not happen: {entry}")
    for entry in unwritten:
        print(f"explained nowhere: {DOCUMENT.name} does not say “scim2-tester: {entry[0]}”")
    if len(results) < AT_LEAST:
        print(f"only {len(results)} checks ran; at least {AT_LEAST} were expected")
    by_status = collections.Counter(result.status.name for result in results)
    print(f"scim2-tester: {len(results)} checks: {dict(by_status)}, {len(seen)} explained in {DOCUMENT.name}")
    return 1 if unexpected or outlived or unwritten or len(results) < AT_LEAST else 0


def explains(entry: tuple[str, str | None, str], result) -> bool:
    check, resource_type, reason = entry
    return (
        result.title == check
        and result.resource_type == resource_type
        and re.search(re.escape(reason), result.reason or "") is not None
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
