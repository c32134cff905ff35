"""Signs in against a running emulator with Microsoft's own libraries; called by .ci/msal-judge.

Every check is one function that raises when something is wrong. Each is printed; the exit code is the number of
failures, at most 1.
"""

import contextlib
import datetime
import html
import json
import logging
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
import warnings

import msal
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

GRAPH = "https://graph.microsoft.com/.default"
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class World:
    """The emulator as its description tells it."""

    def __init__(self, described: dict, ca: str):
        self.described, self.ca = described, ca
        self.authority = described["authority"]
        self.apps = {app["name"]: app for app in described["apps"]}
        self.tenants = {tenant["name"]: tenant["id"] for tenant in described["tenants"]}
        self.callback = self.apps["Rollcall"]["redirect_uris"][0]

    def app(self, name: str, tenant: str, credential=None, authority=None) -> msal.ConfidentialClientApplication:
        app = self.apps[name]
        return msal.ConfidentialClientApplication(
            app["client_id"],
            client_credential=app["client_secret"] if credential is None else credential,
            authority=authority or f"{self.authority}/{tenant}",
            instance_discovery=False,
            verify=self.ca,
        )

    def control(self, path: str, body: dict) -> dict:
        answer = requests.post(f"{self.described['url']}/control/cloud{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def sign_in(self, app, upn: str, scopes: list[str], mode: str = "form_post") -> tuple[dict, dict]:
        """Goes the whole way of the authorization code flow, choosing `upn` in the account picker."""
        flow = app.initiate_auth_code_flow(scopes, redirect_uri=self.callback, response_mode=mode)
        browser = requests.Session()
        browser.verify = self.ca
        answer = browser.get(flow["auth_uri"], timeout=10)
        answer.raise_for_status()
        assert "Pick an account" in answer.text, answer.text
        answer = browser.post(
            action(answer, "/login"), data={**hidden(answer.text), "upn": upn}, allow_redirects=False, timeout=10
        )
        answer = browser.get(urllib.parse.urljoin(answer.url, answer.headers["Location"]), allow_redirects=False, timeout=10)
        if answer.status_code == 200 and "Permissions requested" in answer.text:
            fields = {**hidden(answer.text), "action": "accept"}
            answer = browser.post(action(answer, "/consent"), data=fields, allow_redirects=False, timeout=10)
        if mode == "form_post":
            assert f'action="{self.callback}"' in answer.text, answer.text
            return flow, fields_of(answer.text)
        assert answer.status_code == 303, (answer.status_code, answer.text)
        to = urllib.parse.urlsplit(answer.headers["Location"])
        assert answer.headers["Location"].startswith(self.callback), answer.headers["Location"]
        return flow, dict(urllib.parse.parse_qsl(to.query))


def action(answer: requests.Response, ends: str) -> str:
    found = re.search(rf'action="([^"]*{re.escape(ends)})"', answer.text)
    assert found, f"no form to {ends}"
    return urllib.parse.urljoin(answer.url, html.unescape(found.group(1)))


def fields_of(page: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        fields.setdefault(name, html.unescape(value))
    return fields


def hidden(page: str) -> dict[str, str]:
    fields = fields_of(page)
    return {name: fields[name] for name in ("flow", "request", "account") if name in fields}


def good(answer: dict) -> dict:
    assert "access_token" in answer, answer
    return answer


def refused(answer: dict, error: str, code: int) -> None:
    assert answer.get("error") == error and answer.get("error_codes") == [code], answer
    assert answer["error_description"].startswith(f"AADSTS{code}: "), answer
    for name in ("timestamp", "trace_id", "correlation_id", "error_uri"):
        assert answer.get(name), (name, answer)


def claims(token: str) -> dict:
    import base64

    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


@check
def msal_signs_a_person_in_by_code_and_refreshes(world: World):
    app = world.app("Rollcall", world.tenants["Hero Industries"])
    flow, back = world.sign_in(app, "olivia.owner@heroindustries.example", ["User.Read"])
    answer = good(app.acquire_token_by_auth_code_flow(flow, back))
    person = answer["id_token_claims"]
    assert person["tid"] == world.tenants["Hero Industries"], person
    assert person["preferred_username"] == "olivia.owner@heroindustries.example", person
    assert 3600 <= answer["expires_in"] <= 5400, answer["expires_in"]
    [account] = app.get_accounts()
    again = app.acquire_token_silent(["User.Read"], account=account, force_refresh=True)
    assert good(again)["access_token"] != answer["access_token"]
    assert again["token_source"] == "identity_provider", again


@check
def msal_signs_in_through_organizations(world: World):
    app = world.app("Rollcall", "organizations")
    flow, back = world.sign_in(app, "olivia.owner@heroindustries.example", ["User.Read"], "query")
    good(app.acquire_token_by_auth_code_flow(flow, back))


@check
def an_administrator_consents_while_signing_in(world: World):
    app = world.app("Rollcall", world.tenants["Contoso"])
    flow, back = world.sign_in(app, "megan.bowen@contoso.com", ["User.ReadWrite.All"])
    answer = good(app.acquire_token_by_auth_code_flow(flow, back))
    assert "User.ReadWrite.All" in answer["scope"].split(), answer["scope"]
    assert "62e90394-69f5-4237-9190-012177145e10" in claims(answer["access_token"])["wids"]


@check
def a_code_works_once(world: World):
    app = world.app("Rollcall", world.tenants["Hero Industries"])
    flow, back = world.sign_in(app, "sam.support@heroindustries.example", ["User.Read"])
    good(app.acquire_token_by_auth_code_flow(dict(flow), back))
    refused(app.acquire_token_by_auth_code_flow(dict(flow), back), "invalid_grant", 54005)


@check
def msal_gets_an_app_only_token_with_its_roles(world: World):
    answer = good(world.app("TruU", world.tenants["Hero Industries"]).acquire_token_for_client([GRAPH]))
    assert answer["expires_in"] == 3599, answer
    token = claims(answer["access_token"])
    assert set(token["roles"]) == set(world.apps["TruU"]["application_permissions"]), token
    assert token["sub"] == token["oid"] and "scp" not in token, token
    assert token["iss"] == f"https://sts.windows.net/{world.tenants['Hero Industries']}/", token


@check
def azure_identity_gets_an_app_only_token(world: World):
    app = world.apps["TruU"]
    credential = ClientSecretCredential(
        world.tenants["Hero Industries"],
        app["client_id"],
        app["client_secret"],
        authority=world.authority,
        disable_instance_discovery=True,
        connection_verify=world.ca,
    )
    assert credential.get_token(GRAPH).expires_on > time.time() + 3000


@check
def a_wrong_secret_is_7000215(world: World):
    app = world.app("TruU", world.tenants["Hero Industries"], "not-the-secret")
    refused(app.acquire_token_for_client([GRAPH]), "invalid_client", 7000215)


@check
def an_expired_secret_is_7000222(world: World):
    secret = world.control("/applications/TruU/secrets", {"displayName": "short", "seconds": 60})
    app = world.app("TruU", world.tenants["Hero Industries"], secret["secretText"])
    good(app.acquire_token_for_client([GRAPH]))
    world.control("/applications/TruU/secrets/expire", {"keyId": secret["keyId"]})
    app = world.app("TruU", world.tenants["Hero Industries"], secret["secretText"])
    refused(app.acquire_token_for_client([GRAPH]), "invalid_client", 7000222)


@check
def azure_identity_tells_a_wrong_secret(world: World):
    credential = ClientSecretCredential(
        world.tenants["Hero Industries"],
        world.apps["TruU"]["client_id"],
        "not-the-secret",
        authority=world.authority,
        disable_instance_discovery=True,
        connection_verify=world.ca,
    )
    try:
        credential.get_token(GRAPH)
    except ClientAuthenticationError as error:
        assert "AADSTS7000215" in str(error), error
    else:
        raise AssertionError("a token for a wrong secret")


@check
def a_certificate_does_what_a_secret_does(world: World):
    key, certificate = new_certificate()
    world.control("/applications/TruU/certificates", {"displayName": "judge", "pem": certificate.decode()})
    thumbprint = x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA1()).hex()
    forms = [
        {"private_key": key.decode(), "thumbprint": thumbprint},
        {"private_key": key.decode(), "public_certificate": certificate.decode()},
    ]
    for form in forms:
        app = world.app("TruU", world.tenants["Hero Industries"], form)
        good(app.acquire_token_for_client([GRAPH]))
    credential = CertificateCredential(
        world.tenants["Hero Industries"],
        world.apps["TruU"]["client_id"],
        certificate_data=key + certificate,
        authority=world.authority,
        disable_instance_discovery=True,
        connection_verify=world.ca,
    )
    assert credential.get_token(GRAPH).token


@check
def an_unregistered_certificate_is_700027(world: World):
    key, certificate = new_certificate()
    form = {"private_key": key.decode(), "public_certificate": certificate.decode()}
    app = world.app("TruU", world.tenants["Hero Industries"], form)
    refused(app.acquire_token_for_client([GRAPH]), "invalid_client", 700027)


def new_certificate() -> tuple[bytes, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "judge")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, certificate.public_bytes(serialization.Encoding.PEM)


@check
def an_application_that_is_not_in_the_tenant_is_700016(world: World):
    app = world.app("TruU", world.tenants["Fabrikam"])
    refused(app.acquire_token_for_client([GRAPH]), "unauthorized_client", 700016)


@check
def an_unknown_tenant_is_told(world: World):
    try:
        world.app("TruU", "11111111-2222-4333-8444-555555555555")
    except ValueError as error:
        assert "tenant" in str(error).lower(), error
    else:
        raise AssertionError("metadata of a tenant nobody has")


@check
def metadata_of_the_whole_world_is_a_template(world: World):
    for place in ("organizations", "common"):
        document = requests.get(
            f"{world.authority}/{place}/v2.0/.well-known/openid-configuration", verify=world.ca, timeout=10
        ).json()
        assert document["issuer"] == f"{world.authority}/{{tenantid}}/v2.0", document["issuer"]


@check
def msal_waits_when_it_is_told_to(world: World):
    fault = {"match": {"endpoint": "token"}, "effect": {"kind": "status", "status": 429, "retryAfter": 60}, "times": 1}
    world.control("/faults", fault)
    app = world.app("TruU", world.tenants["Hero Industries"])
    # The fault happens once. That the second attempt fails too shows that MSAL kept to Retry-After and did not ask.
    for _ in range(2):
        with contextlib.suppress(json.JSONDecodeError):
            answer = app.acquire_token_for_client([GRAPH])
            raise AssertionError(answer)
    good(world.app("TruU", world.tenants["Hero Industries"]).acquire_token_for_client([GRAPH]))


def main(binary: str) -> int:
    # Some machines set a bundle for everything; it would hide the emulator's CA.
    logging.disable()
    warnings.simplefilter("ignore")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        os.environ.pop(name, None)
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    with tempfile.TemporaryDirectory(prefix="rollcall-msal-judge-") as folder:
        described, ca = pathlib.Path(folder, "describe.json"), pathlib.Path(folder, "ca.pem")
        command = [binary, "serve", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"]
        command += ["--ca-file", str(ca), "--describe", str(described)]
        emulator = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            line = emulator.stdout.readline()
            if not described.exists():
                print(f"msal-judge: the emulator did not start: {line}", file=sys.stderr)
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
            function(world)
            print(f"msal-judge: ok    {name}")
        except Exception:
            failed += 1
            print(f"msal-judge: FAIL  {name}\n{traceback.format_exc()}")
    print(f"msal-judge: {len(CHECKS) - failed} of {len(CHECKS)} checks passed, msal {msal.__version__}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
