//! Every address.

use std::collections::BTreeSet;
use std::path::Path;

use super::Ground;
use crate::harness::Backend;

/// What each address answers by GET to the same callers, and to nobody: the first digit of the status, or `U` for 401,
/// `F` for 403, `N` for 404, `?` for whatever the ERP checklist of nobody's tenant answers.
const ADDRESSES: &[(&str, &str)] = &[
    ("/", "33333333"),
    ("/signed-out", "22222222"),
    ("/join/{token}", "22222222"),
    ("/people", "333NNNNU"),
    ("/apps/{app}/people", "2N2NNNNU"),
    ("/setup", "NNN?2??U"),
    ("/setup/{token}", "22222222"),
    ("/setup/back", "22222222"),
    ("/setup/onboarding", "NNN?N??U"),
    ("/setup/directory-sync", "NNN22N2U"),
    ("/setup/directory-sync/providers", "NNN2222U"),
    ("/setup/directory-sync/providers/{provider}", "NNN2222U"),
    ("/organizations", "222NNNNU"),
    ("/organizations/new", "222NNNNU"),
    ("/organizations/{organization}", "33333333"),
    ("/organizations/{organization}/directory-sync", "2N222N2U"),
    (
        "/organizations/{organization}/directory-sync/providers",
        "2N22222U",
    ),
    (
        "/organizations/{organization}/directory-sync/providers/{provider}",
        "2N22222U",
    ),
    ("/organizations/{organization}/onboarding", "2N22N2?U"),
    ("/organizations/{organization}/setup-links", "2N2NNNNU"),
    ("/organizations/{organization}/users", "2NFNNNNU"),
    ("/organizations/{organization}/users/{user}", "2NFNNNNU"),
    ("/organizations/{organization}/groups", "2NFNNNNU"),
    ("/organizations/{organization}/groups/{group}", "2NFNNNNU"),
    ("/organizations/{organization}/activity", "2NFNNNNU"),
    ("/organizations/{organization}/activity/{entry}", "2NFNNNNU"),
    ("/organizations/{organization}/users.csv", "2NFNNNN3"),
    ("/looks/{app}/accent.css", "NNNNNNNN"),
    ("/looks/{app}/logo", "NNNNNNNN"),
    ("/live/organizations", "222NNNNU"),
    ("/live/organizations/{organization}", "2N2222NU"),
];

/// The callers who reach nothing of the organization: another app's owner, a link to another organization, nobody. A page of
/// the portal behind a link shows its own organization whatever the address says.
const STRANGERS: [usize; 3] = [1, 6, 7];

impl Ground {
    async fn ask_name(&self) -> String {
        let (portal, owner) = (&self.server.state.portal, self.server.owner());
        let shown = portal.organization(&owner, &self.directory.organization).await;
        shown.unwrap().name
    }

    /// The status of a page, and the page; a stream of pulses has no end and is not read.
    pub(super) async fn look(&self, cookie: &str, path: &str) -> (u16, String) {
        let request = self.server.http.get(format!("{}{path}", self.server.url));
        let response = request.header("cookie", cookie).send().await.unwrap();
        let status = response.status().as_u16();
        if path.starts_with("/live/") || path.starts_with("/setup/rollcall_") {
            return (status, String::new());
        }
        (status, response.text().await.unwrap())
    }

    pub(super) fn filled(&self, address: &str) -> String {
        [
            ("{organization}", self.directory.organization.as_str()),
            ("{provider}", "okta"),
            ("{user}", &self.user),
            ("{group}", &self.group),
            ("{entry}", &self.entry),
            ("{app}", &self.app),
        ]
        .iter()
        .fold(address.to_owned(), |address, (name, value)| {
            address.replace(name, value)
        })
    }
}

/// The addresses that the server's own routers name in their source, those of machines and doors apart.
fn own_addresses(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("scim") {
                own_addresses(&path, found);
            }
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let routes = text.split(".route(").skip(1);
        found.extend(routes.filter_map(|rest| Some(rest.split(',').next()?.trim().replace('"', ""))));
    }
}

/// Doors and probes: each has tests of its own.
const DOORS: &[&str] = &[
    "/enter/{token}",
    "/sign-in",
    "Door::SignIn.path()",
    "/admin/sign-in",
    "/consent",
    "Door::Consent.path()",
    "/test-sign-in",
    "Door::Test.path()",
    "/v1/setup-links",
    "/v1/token-checks",
    "/sign-out",
    "/setup",
    "/setup/window",
    "/pkg/{*path}",
    "/livez",
    "/readyz",
    "/metrics",
];

#[test]
fn every_address_has_an_entry() {
    let pages = leptos_axum::generate_route_list(app::App);
    let mut found: BTreeSet<String> = pages.iter().map(|route| route.path().to_owned()).collect();
    own_addresses(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut found);
    let entered: BTreeSet<String> = ADDRESSES
        .iter()
        .map(|(address, _)| *address)
        .chain(DOORS.iter().copied())
        .map(str::to_owned)
        .collect();
    let missing: Vec<&String> = found
        .iter()
        // What is put together has its own name in the source.
        .filter(|address| address.starts_with('/') || address.starts_with("Door"))
        .filter(|address| !entered.contains(*address))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_address_answers_whom_it_should() {
    let at = Ground::on(Backend::Sqlite).await;
    let shown = at.ask_name().await;
    let name = shown.as_str();
    let mut wrong = Vec::new();
    for (address, expected) in ADDRESSES {
        let token = if address.starts_with("/join") {
            &at.invite
        } else {
            at.token()
        };
        let path = at.filled(address).replace("{token}", token);
        let cookies = at.callers.iter().map(|caller| caller.cookie.as_str());
        for (place, (cookie, expected)) in cookies.chain([""]).zip(expected.chars()).enumerate() {
            let (status, shown) = at.look(cookie, &path).await;
            if STRANGERS.contains(&place) && shown.contains(name) {
                wrong.push(format!("{path} tells caller {place} the organization's name"));
            }
            let got = match status {
                401 => 'U',
                403 => 'F',
                404 => 'N',
                _ => char::from_digit(u32::from(status / 100), 10).unwrap(),
            };
            if got == '5' || (expected != '?' && got != expected) {
                wrong.push(format!("{path}, caller {place}: {status}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
