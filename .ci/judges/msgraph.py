"""Works against a running emulator with Microsoft's own Graph client; called by .ci/msgraph-judge.

Every check is one function that raises when something is wrong. Each is printed; the exit code is 1 if one failed.
"""

import asyncio
import html
import importlib.metadata
import json
import logging
import os
import pathlib
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import traceback
import urllib.parse
import uuid
import warnings

import httpx
import requests
from azure.identity import AuthorizationCodeCredential, ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.user import User
from msgraph.generated.service_principals.service_principals_request_builder import ServicePrincipalsRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_request_adapter import options
from msgraph_core import GraphClientFactory, PageIterator

GRAPH = "https://graph.microsoft.com"
PORTAL = [
    "User.Read",
    "User.ReadWrite.All",
    "Application.Read.All",
    "AppRoleAssignment.ReadWrite.All",
    "Directory.Read.All",
]
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class World:
    """The emulator as its description tells it."""

    def __init__(self, described: dict, ca: str):
        self.described, self.ca = described, ca
        self.authority, self.graph = described["authority"], described["graph"]
        self.apps = {app["name"]: app for app in described["apps"]}
        self.tenants = {tenant["name"]: tenant for tenant in described["tenants"]}

    def client(self, credential) -> GraphServiceClient:
        host = urllib.parse.urlsplit(self.graph).hostname
        provider = AzureIdentityAuthenticationProvider(
            credential, scopes=[f"{GRAPH}/.default"], allowed_hosts=[host]
        )
        trust = ssl.create_default_context(cafile=self.ca)
        http = httpx.AsyncClient(verify=trust, trust_env=False, timeout=30)
        whole = GraphClientFactory.create_with_default_middleware(client=http, options=options)
        adapter = GraphRequestAdapter(provider, client=whole)
        adapter.base_url = f"{self.graph}/v1.0"
        return GraphServiceClient(request_adapter=adapter)

    def as_app(self, name: str, tenant: str) -> GraphServiceClient:
        app = self.apps[name]
        return self.client(
            ClientSecretCredential(
                self.tenants[tenant]["id"],
                app["client_id"],
                app["client_secret"],
                authority=self.authority,
                disable_instance_discovery=True,
                connection_verify=self.ca,
            )
        )

    def as_person(self, upn: str, tenant: str) -> GraphServiceClient:
        """Somebody signed in to Rollcall, who accepts what it asks for."""
        app, own = self.apps["Rollcall"], self.tenants[tenant]["id"]
        callback = app["redirect_uris"][0]
        scopes = [f"{GRAPH}/{scope}" for scope in PORTAL] + ["openid", "profile"]
        return self.client(
            AuthorizationCodeCredential(
                own,
                app["client_id"],
                self.code(own, app["client_id"], callback, " ".join(scopes), upn),
                callback,
                client_secret=app["client_secret"],
                authority=self.authority,
                disable_instance_discovery=True,
                connection_verify=self.ca,
            )
        )

    def code(self, tenant: str, client: str, callback: str, scope: str, upn: str) -> str:
        browser = requests.Session()
        browser.verify, browser.trust_env = self.ca, False
        query = {"client_id": client, "response_type": "code", "redirect_uri": callback, "scope": scope, "state": "s"}
        page = browser.get(f"{self.authority}/{tenant}/oauth2/v2.0/authorize", params=query, timeout=10)
        page.raise_for_status()
        chosen = {**hidden(page.text), "upn": upn}
        answer = browser.post(action(page, "/login"), data=chosen, allow_redirects=False, timeout=10)
        to = urllib.parse.urljoin(answer.url, answer.headers["Location"])
        answer = browser.get(to, allow_redirects=False, timeout=10)
        if answer.status_code == 200 and "Permissions requested" in answer.text:
            accepted = {**hidden(answer.text), "action": "accept"}
            answer = browser.post(action(answer, "/consent"), data=accepted, allow_redirects=False, timeout=10)
        assert answer.status_code == 303, (answer.status_code, answer.text)
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.headers["Location"]).query))
        assert "code" in back, back
        return back["code"]

    def fault(self, status: int, detail: str, retry_after: int | None, times: int) -> None:
        effect = {"kind": "status", "status": status, "retryAfter": retry_after}
        body = {"match": {"endpoint": "graph", "detail": detail}, "effect": effect, "times": times}
        answer = requests.post(f"{self.described['url']}/control/cloud/faults", json=body, timeout=10)
        answer.raise_for_status()

    def once(self, kind: str, detail: str) -> None:
        body = {"match": {"endpoint": "graph", "detail": detail}, "effect": {"kind": kind}, "times": 1}
        requests.post(f"{self.described['url']}/control/cloud/faults", json=body, timeout=10).raise_for_status()

    def control(self, path: str, body: dict | None = None) -> dict:
        answer = requests.post(f"{self.described['url']}/control/{path}", json=body or {}, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def grant(self, app: str) -> None:
        """An administrator presses *Grant admin consent* on the registration's page."""
        url, client = self.described["url"], self.apps[app]["client_id"]
        requests.post(f"{url}/app-registrations/{client}/grant", data={"by": "judge"}, timeout=10).raise_for_status()

    def faults(self) -> list:
        answer = requests.get(f"{self.described['url']}/control/cloud/faults", timeout=10)
        answer.raise_for_status()
        return answer.json()["value"]


def action(answer: requests.Response, ends: str) -> str:
    found = re.search(rf'action="([^"]*{re.escape(ends)})"', answer.text)
    assert found, f"no form to {ends}: {answer.text}"
    return urllib.parse.urljoin(answer.url, html.unescape(found.group(1)))


def hidden(page: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        fields.setdefault(name, html.unescape(value))
    return {name: fields[name] for name in ("flow", "request", "account") if name in fields}


async def everybody(client: GraphServiceClient, top: int | None) -> list[User]:
    parameters = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        select=["id", "displayName", "userPrincipalName", "accountEnabled"], top=top
    )
    first = await client.users.get(request_configuration=RequestConfiguration(query_parameters=parameters))
    found: list[User] = []
    await PageIterator(first, client.request_adapter).iterate(lambda user: found.append(user) or True)
    return found


async def walked(builder, start: str | None = None) -> tuple[list, int, str]:
    """A round of a delta: its items, how many pages they came on, and the delta link."""
    page = await (builder.with_url(start) if start else builder).get()
    found, pages = list(page.value), 1
    while page.odata_next_link:
        assert page.odata_delta_link is None, page
        page = await builder.with_url(page.odata_next_link).get()
        found, pages = found + page.value, pages + 1
    return found, pages, page.odata_delta_link


def removed(item) -> str | None:
    return (item.additional_data.get("@removed") or {}).get("reason")


def members_of(groups: list, known: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is known of groups after these items."""
    for group in groups:
        if removed(group):
            known.pop(group.id, None)
            continue
        members = known.setdefault(group.id, set())
        for member in group.additional_data.get("members@delta", []):
            if "@removed" in member:
                members.discard(str(member["id"]))
            else:
                members.add(str(member["id"]))
    return known


async def refused(awaitable, status: int, code: str) -> None:
    try:
        await awaitable
    except ODataError as error:
        assert error.response_status_code == status, error
        assert error.error.code == code, error
        assert error.error.message and error.error.inner_error.request_id, error
        return
    raise AssertionError(f"{code} was expected")


@check
async def an_application_reads_every_user_page_by_page(world: World):
    client = world.as_app("TruU", "Hero Industries")
    for top in (3, None):
        users = await everybody(client, top)
        assert len(users) == len({user.id for user in users}) == world.tenants["Hero Industries"]["users"], len(users)
        assert all(user.account_enabled is not None for user in users)


@check
async def a_person_reads_a_tenant_larger_than_a_page(world: World):
    client = world.as_person("megan.bowen@contoso.com", "Contoso")
    users = await everybody(client, None)
    assert len({user.id for user in users}) == world.tenants["Contoso"]["users"] > 200, len(users)
    me = await client.me.get()
    assert me.user_principal_name == "megan.bowen@contoso.com", me
    [organization] = (await client.organization.get()).value
    assert organization.id == world.tenants["Contoso"]["id"], organization
    roles = await client.me.transitive_member_of.graph_directory_role.get()
    assert [role.display_name for role in roles.value] == ["Global Administrator"], roles


@check
async def users_are_searched_with_the_eventual_header(world: World):
    client = world.as_person("megan.bowen@contoso.com", "Contoso")
    parameters = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        search='"displayName:adele"', count=True, select=["displayName"]
    )
    configuration = RequestConfiguration(query_parameters=parameters)
    configuration.headers.add("ConsistencyLevel", "eventual")
    found = await client.users.get(request_configuration=configuration)
    assert "Adele Vance" in [user.display_name for user in found.value], found
    assert found.odata_count == len(found.value), found.odata_count


@check
async def an_app_role_is_assigned_read_back_and_removed(world: World):
    client = world.as_person("olivia.owner@heroindustries.example", "Hero Industries")
    app = world.apps["Truvio"]["client_id"]
    parameters = ServicePrincipalsRequestBuilder.ServicePrincipalsRequestBuilderGetQueryParameters(
        filter=f"appId eq '{app}'"
    )
    found = await client.service_principals.get(
        request_configuration=RequestConfiguration(query_parameters=parameters)
    )
    [principal] = found.value
    assert (await client.service_principals_with_app_id(app).get()).id == principal.id
    [role] = principal.app_roles
    assert role.value == "Truvio.SubscriptionService", role
    sam = await client.users.by_user_id("sam.support@heroindustries.example").get()
    assigned = client.service_principals.by_service_principal_id(principal.id).app_role_assigned_to
    new = AppRoleAssignment(
        principal_id=uuid.UUID(sam.id), resource_id=uuid.UUID(principal.id), app_role_id=role.id
    )
    made = await assigned.post(new)
    assert (made.principal_type, made.resource_display_name) == ("User", "Truvio"), made
    await refused(assigned.post(new), 400, "Request_BadRequest")
    assert [one.id for one in (await assigned.get()).value] == [made.id]
    held = await client.users.by_user_id(sam.id).app_role_assignments.get()
    assert [one.app_role_id for one in held.value] == [role.id], held
    await assigned.by_app_role_assignment_id(made.id).delete()
    assert (await assigned.get()).value == []


@check
async def a_user_is_made_changed_and_deleted(world: World):
    client = world.as_person("megan.bowen@contoso.com", "Contoso")
    new = User(
        account_enabled=True,
        display_name="Judge",
        mail_nickname="judge",
        user_principal_name="judge@contoso.com",
        password_profile=PasswordProfile(password="long enough for anybody"),
    )
    made = await client.users.post(new)
    await client.users.by_user_id(made.id).patch(User(job_title="Judge"))
    assert (await client.users.by_user_id(made.id).get()).job_title == "Judge"
    await client.users.by_user_id(made.id).delete()
    await refused(client.users.by_user_id(made.id).get(), 404, "Request_ResourceNotFound")


@check
async def a_delta_of_users_holds_everybody_and_then_exactly_what_changed(world: World):
    client, own = world.as_app("TruU directory sync", "Contoso"), world.tenants["Contoso"]
    everybody, pages, link = await walked(client.users.delta)
    assert len({user.id for user in everybody if not removed(user)}) == own["users"], len(everybody)
    assert len(everybody) == len({user.id for user in everybody}) and pages > 1, pages
    nothing, _, link = await walked(client.users.delta, link)
    assert nothing == [], nothing
    made = world.control("users")["id"]
    present = [user.id for user in everybody if not removed(user)]
    disabled, deleted, purged, renamed = present[3], present[5], present[8], present[13]
    world.control(f"users/{disabled}/disable")
    for gone in (deleted, purged):
        world.control(f"users/{gone}/delete")
    world.control(f"users/{purged}/purge")
    world.control(f"users/{renamed}/rename", {"givenName": "Judge", "surname": "Dee"})
    changed, _, link = await walked(client.users.delta, link)
    assert {made, disabled, deleted, purged, renamed} <= {user.id for user in changed}, changed
    # Who reported to the purged one has no manager now: changed, too, but nothing else is.
    reports = {user.id for user in changed} - {made, disabled, deleted, purged, renamed}
    by_id = {user.id: user for user in changed}
    assert removed(by_id[deleted]) == "changed" and removed(by_id[purged]) == "deleted", by_id
    assert by_id[renamed].display_name == "Judge Dee", by_id[renamed]
    assert reports == set(), reports
    world.control(f"users/{deleted}/restore")
    [back], _, link = await walked(client.users.delta, link)
    assert back.id == deleted and removed(back) is None, back
    for action in (f"users/{disabled}/enable", f"users/{made}/delete", f"users/{made}/purge"):
        world.control(action)
    own["users"] -= 1


@check
async def a_delta_of_groups_holds_the_members(world: World):
    client = world.as_app("TruU directory sync", "Contoso")
    groups, _, link = await walked(client.groups.delta)
    known = members_of(groups, {})
    for group in known:
        found = await client.groups.by_group_id(group).members.get()
        expected: set[str] = set()
        await PageIterator(found, client.request_adapter).iterate(lambda one: expected.add(str(one.id)) or True)
        assert known[group] == expected, (group, known[group] ^ expected, len(expected))
    largest = max(known, key=lambda group: len(known[group]))
    gone, come = sorted(known[largest])[:2], world.control("users")["id"]
    world.control(f"groups/{largest}/members", {"remove": gone, "add": [come]})
    made = world.control("groups", {"displayName": "Judges", "securityEnabled": True})["id"]
    world.control(f"groups/{made}/members", {"add": gone})
    changed, _, link = await walked(client.groups.delta, link)
    assert {group.id for group in changed} == {largest, made}, changed
    expected = (known[largest] - set(gone)) | {come}
    members_of(changed, known)
    assert known[largest] == expected and known[made] == set(gone), known[made]
    requests.delete(f"{world.described['url']}/control/groups/{made}", timeout=10).raise_for_status()
    for action in ("delete", "purge"):
        world.control(f"users/{come}/{action}")
    changed, _, _ = await walked(client.groups.delta, link)
    assert {(group.id, removed(group)) for group in changed} == {(made, "deleted"), (largest, None)}, changed
    assert come not in members_of(changed, known)[largest]


@check
async def a_delta_of_devices_needs_its_permission_and_tells_registrations(world: World):
    client = world.as_app("TruU directory sync", "Contoso")
    await refused(client.devices.delta.get(), 403, "Authorization_RequestDenied")
    world.grant("TruU directory sync")
    client = world.as_app("TruU directory sync", "Contoso")
    devices, _, link = await walked(client.devices.delta)
    listed: list = []
    first = await client.devices.get()
    await PageIterator(first, client.request_adapter).iterate(lambda device: listed.append(str(device.id)) or True)
    assert {device.id for device in devices} == set(listed) and len(listed) > 100, len(devices)
    made = world.control("devices", {"displayName": "Judge's phone", "owner": "megan.bowen@contoso.com"})["id"]
    world.control(f"devices/{listed[0]}/disable")
    world.control(f"devices/{listed[1]}/delete")
    changed, _, _ = await walked(client.devices.delta, link)
    by_id = {device.id: device for device in changed}
    assert set(by_id) == {made, listed[0], listed[1]}, changed
    assert by_id[listed[0]].account_enabled is False and removed(by_id[listed[1]]) == "deleted", by_id
    owners = await client.devices.by_device_id(made).registered_owners.get()
    assert [owner.user_principal_name for owner in owners.value] == ["megan.bowen@contoso.com"], owners
    owned = await client.users.by_user_id("megan.bowen@contoso.com").owned_devices.get()
    assert made in [device.id for device in owned.value], owned
    methods = await client.users.by_user_id("megan.bowen@contoso.com").authentication.methods.get()
    assert methods.value[0].odata_type == "#microsoft.graph.passwordAuthenticationMethod", methods
    world.control(f"devices/{listed[0]}/enable")


@check
async def a_delta_goes_through_empty_doubled_and_throttled_pages(world: World):
    client = world.as_app("TruU directory sync", "Contoso")
    plain, pages, link = await walked(client.users.delta)
    world.once("emptyPage", "/users/delta")
    world.once("repeat", "/users/delta")
    world.fault(429, "/users/delta", 1, 1)
    again, more, _ = await walked(client.users.delta)
    assert more == pages + 1 and len(again) > len(plain), (more, len(again))
    assert {user.id for user in again} == {user.id for user in plain}
    world.once("resync", "/users/delta")
    await refused(client.users.delta.with_url(link).get(), 410, "resyncRequired")
    await refused(client.users.delta.with_url(link + "x").get(), 400, "syncStateNotFound")
    assert world.faults() == [], world.faults()


@check
async def throttling_and_outages_are_waited_out(world: World):
    client = world.as_app("TruU", "Hero Industries")
    world.fault(429, "GET /users", 1, 2)
    assert len(await everybody(client, None)) == world.tenants["Hero Industries"]["users"]
    world.fault(503, "GET /users", 1, 1)
    assert len(await everybody(client, 5)) == world.tenants["Hero Industries"]["users"]
    assert world.faults() == [], world.faults()


@check
async def what_is_not_granted_is_refused(world: World):
    application = world.as_app("TruU", "Hero Industries")
    await refused(application.users.post(User(display_name="x")), 403, "Authorization_RequestDenied")
    await refused(application.users.by_user_id("nobody@x.example").get(), 404, "Request_ResourceNotFound")
    await refused(application.me.get(), 400, "Request_BadRequest")


def main(binary: str) -> int:
    # Some machines set a bundle for everything; it would hide the emulator's CA.
    logging.disable()
    warnings.simplefilter("ignore")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        os.environ.pop(name, None)
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    with tempfile.TemporaryDirectory(prefix="rollcall-msgraph-judge-") as folder:
        described, ca = pathlib.Path(folder, "describe.json"), pathlib.Path(folder, "ca.pem")
        command = [binary, "serve", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"]
        command += ["--ca-file", str(ca), "--describe", str(described)]
        emulator = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            line = emulator.stdout.readline()
            if not described.exists():
                print(f"msgraph-judge: the emulator did not start: {line}", file=sys.stderr)
                return 1
            return judge(World(json.loads(described.read_text()), str(ca)))
        finally:
            emulator.send_signal(signal.SIGTERM)
            emulator.wait(timeout=30)


def judge(world: World) -> int:
    failed = 0
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            asyncio.run(asyncio.wait_for(function(world), 60))
            print(f"msgraph-judge: ok    {name}")
        except Exception:
            failed += 1
            print(f"msgraph-judge: FAIL  {name}\n{traceback.format_exc()}")
    version = importlib.metadata.version("msgraph-sdk")
    print(f"msgraph-judge: {len(CHECKS) - failed} of {len(CHECKS)} checks passed, msgraph-sdk {version}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
