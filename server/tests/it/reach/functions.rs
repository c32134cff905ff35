//! Every function of the pages.

use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};

use super::Ground;
use crate::harness::Backend;
use crate::harness::scim::escaped;

/// Functions of the pages that say nothing of any organization, or that show whom they may.
const HARMLESS: &[&str] = &[
    "apps",
    "organizations",
    "sessions",
    "staff-door",
    "reach",
    "reveal-invite",
    "palette",
    "setup-offer",
    "invite-offer",
    "lead-on",
    "nothing-here",
    "choose-language",
    "choose-theme",
];

/// Functions that take JSON.
const AS_JSON: &[&str] = &["/ask/users", "/ask/groups", "/ask/group", "/ask/activity"];

impl Ground {
    /// Every field that a function of the pages takes, naming what is here.
    fn fields(&self, path: &str) -> Value {
        let id = match path {
            "/ask/organization" => &self.directory.organization,
            "/ask/group" => &self.group,
            "/ask/activity-entry" => &self.entry,
            _ => &self.user,
        };
        let mut fields = json!({
            "organization": self.directory.organization, "directory": self.directory.id, "app": self.app, "id": id,
            "link": self.link.0, "session": self.callers[0].viewer.session, "name": "Renamed", "provider": "okta",
            "erp": "true", "days": "1", "role": "owner", "note": "x", "invite": "inv_1", "person": "per_1",
            "step": "app-role", "object_id": "o", "user_name": "n@contoso.com", "text": "a", "token": "tok_1",
            "tenant_id": "11111111-1111-1111-1111-111111111111", "group": self.group,
            "confirm_name": "x", "search": "", "reason": "Ticket 4711", "minutes": "30",
        });
        if AS_JSON.contains(&path) {
            fields["query"] = json!({});
            fields["members"] = json!({});
        }
        fields
    }

    pub(super) async fn post(&self, path: &str, cookie: &str) -> u16 {
        let fields = self.fields(path);
        let (kind, body) = if AS_JSON.contains(&path) {
            ("application/json", fields.to_string())
        } else {
            let pair = |(name, value): (&String, &Value)| {
                format!("{name}={}", escaped(value.as_str().unwrap_or_default()))
            };
            let pairs: Vec<String> = fields.as_object().unwrap().iter().map(pair).collect();
            ("application/x-www-form-urlencoded", pairs.join("&"))
        };
        let request = self.server.http.post(format!("{}{path}", self.server.url));
        let request = request
            .header("cookie", cookie)
            .header("origin", &self.server.url)
            .header("accept", "application/json")
            .header("content-type", kind)
            .body(body);
        request.send().await.unwrap().status().as_u16()
    }
}

/// Each function of the pages, as somebody who reaches nothing of what they name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_function_of_the_pages_reaches_further() {
    let at = Ground::on(Backend::Sqlite).await;
    let mut reached = Vec::new();
    for (path, _) in server_fn_paths() {
        if HARMLESS.iter().any(|harmless| path == format!("/ask/{harmless}")) {
            continue;
        }
        for (who, cookie) in [
            ("another app's owner", at.callers[1].cookie.as_str()),
            ("another organization's link", &at.callers[6].cookie),
            ("nobody", ""),
        ] {
            let status = at.post(path, cookie).await;
            if !(400..500).contains(&status) {
                reached.push(format!("{path} as {who}: {status}"));
            }
        }
    }
    assert!(reached.is_empty(), "{reached:#?}");
}
