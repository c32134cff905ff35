//! `GET /organization` (C5.1) and `GET /domains`.

use axum::http::Method;
use serde_json::{Value, json};

use super::call::{Call, Kind};
use super::error::GraphError;
use super::needs;
use super::routes::Routed;

const KIND: Kind = Kind {
    name: "microsoft.graph.organization",
    set: "organization",
    defaults: &[],
    mixed: false,
};

const DOMAIN: Kind = Kind {
    name: "microsoft.graph.domain",
    set: "domains",
    defaults: &[],
    mixed: false,
};

/// What mail and calls go to the domains for.
const SERVICES: [&str; 2] = ["Email", "OfficeCommunicationsOnline"];

pub(super) fn answer_domains(call: &Call<'_>, rest: &[&str]) -> Routed {
    let domains = call.home.domains();
    let shown = |name: &String| domain(call, name);
    match (&call.method, rest) {
        (&Method::GET, []) => Some(
            call.allow(needs::READ_DOMAINS)
                .and_then(|()| call.many(DOMAIN, domains.iter(), |name| (*name).clone(), |name| shown(name))),
        ),
        (&Method::GET, [id]) => Some(call.allow(needs::READ_DOMAINS).and_then(|()| {
            let found = domains.iter().find(|name| name.eq_ignore_ascii_case(id));
            let found = found.ok_or_else(|| GraphError::missing(id))?;
            call.one(DOMAIN, shown(found))
        })),
        _ => None,
    }
}

fn domain(call: &Call<'_>, name: &str) -> Value {
    json!({
        "id": name,
        "authenticationType": "Managed",
        "availabilityStatus": null,
        "isAdminManaged": true,
        "isDefault": name == call.home.domain(),
        "isInitial": initial(name),
        "isRoot": true,
        "isVerified": true,
        "supportedServices": SERVICES,
    })
}

fn initial(name: &str) -> bool {
    name.ends_with(".onmicrosoft.com")
}

pub(super) fn answer(call: &Call<'_>, rest: &[&str]) -> Routed {
    let own = call.tenant().to_string();
    match (&call.method, rest) {
        (&Method::GET, []) => Some(
            call.allow(needs::READ_ORGANIZATION)
                .and_then(|()| call.many(KIND, std::iter::once(()), |()| own.clone(), |()| shape(call))),
        ),
        (&Method::GET, [id]) if id.eq_ignore_ascii_case(&own) => Some(
            call.allow(needs::READ_ORGANIZATION)
                .and_then(|()| call.one(KIND, shape(call))),
        ),
        _ => None,
    }
}

fn shape(call: &Call<'_>) -> Value {
    let home = call.home;
    json!({
        "id": home.id().to_string(),
        "deletedDateTime": null,
        "displayName": home.name(),
        "tenantType": "AAD",
        "technicalNotificationMails": [],
        "verifiedDomains": home.domains().map(|name| json!({"capabilities": SERVICES.join(", "),
            "isDefault": name == home.domain(), "isInitial": initial(&name), "name": name, "type": "Managed"})),
    })
}
