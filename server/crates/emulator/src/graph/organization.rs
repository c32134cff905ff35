//! `GET /organization` (C5.1).

use axum::http::Method;
use serde_json::{Value, json};

use super::call::{Call, Kind};
use super::needs;
use super::routes::Routed;

const KIND: Kind = Kind {
    name: "microsoft.graph.organization",
    set: "organization",
    defaults: &[],
    mixed: false,
};

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
        "verifiedDomains": [{"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": true,
            "isInitial": false, "name": home.domain(), "type": "Managed"}],
    })
}
