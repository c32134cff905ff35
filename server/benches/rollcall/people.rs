//! What a provider sends: Entra's bodies of entra-facts A3, A4 and A6, in its legacy dialect.

use serde_json::json;

use crate::client::{WHAT, WHO};

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Our id of a user or group, by its number: eight digits.
pub(crate) fn user_id(number: &str) -> String {
    format!("01930000-0000-7000-8000-0000{number}")
}

/// As [`user_id`], for groups.
pub(crate) fn group_id(number: u32) -> String {
    format!("01930000-0000-7000-9000-0000{number:08}")
}

/// The body of a `POST /Users`, as the default mapping fills it.
pub(crate) fn user(number: &str) -> String {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "externalId": format!("6f9619ff-8b86-4011-b42d-0000{number}"),
        "userName": format!("megan.bowen.{number}@contoso.com"),
        "active": true,
        "displayName": format!("Megan Bowen {number}"),
        "title": "Marketing Manager",
        "preferredLanguage": "en-US",
        "emails": [{"type": "work", "primary": true, "value": format!("megan.bowen.{number}@contoso.com")}],
        "name": {"givenName": "Megan", "familyName": "Bowen", "formatted": "Megan Bowen"},
        "addresses": [{
            "type": "work", "primary": false, "formatted": "98052, Redmond", "streetAddress": "1 Contoso Way",
            "locality": "Redmond", "region": "WA", "postalCode": "98052", "country": "United States",
        }],
        "phoneNumbers": [
            {"type": "work", "value": "+1 425 555 0109"},
            {"type": "mobile", "value": "+1 425 555 0110"},
        ],
        ENTERPRISE: {"department": "Marketing", "employeeNumber": number},
        "meta": {"resourceType": "User"},
        "roles": [],
    })
    .to_string()
}

/// The body of a `PATCH /Users/{id}` after somebody changed their name and desk: a legacy replace.
pub(crate) fn patch() -> String {
    json!({"schemas": [PATCH], "Operations": [
        {"op": "Replace", "path": "displayName", "value": format!("Megan Bowen {WHAT}")},
        {"op": "Replace", "path": "title", "value": "Director"},
        {"op": "Replace", "path": "addresses[type eq \"work\"].streetAddress", "value": format!("{WHAT} Contoso Way")},
        {"op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "Sales"},
    ]})
    .to_string()
}

pub(crate) fn member(op: &str) -> String {
    let value = json!([{"$ref": null, "value": user_id(WHO)}]);
    json!({"schemas": [PATCH], "Operations": [{"op": op, "path": "members", "value": value}]}).to_string()
}

/// The requests a provider sends to one directory, as text with places for digits.
#[derive(Debug)]
pub(crate) struct Requests {
    path: String,
    token: String,
}

impl Requests {
    pub(crate) fn new(directory: &str, token: &str) -> Self {
        Self {
            path: format!("/scim/v2/{directory}"),
            token: token.to_owned(),
        }
    }

    pub(crate) fn create(&self) -> String {
        self.with_body("POST", "/Users", &user(WHO))
    }

    pub(crate) fn find(&self) -> String {
        self.without_body(&format!(
            "/Users?filter=userName+eq+%22megan.bowen.{WHO}%40contoso.com%22"
        ))
    }

    pub(crate) fn get(&self) -> String {
        self.without_body(&format!("/Users/{}", user_id(WHO)))
    }

    pub(crate) fn patch(&self) -> String {
        self.with_body("PATCH", &format!("/Users/{}", user_id(WHO)), &patch())
    }

    /// `op` is `Add` or `Remove`.
    pub(crate) fn member(&self, op: &str, group: u32) -> String {
        self.with_body("PATCH", &format!("/Groups/{}", group_id(group)), &member(op))
    }

    fn without_body(&self, path: &str) -> String {
        format!("GET {}{path} HTTP/1.1\r\n{}\r\n", self.path, self.headers())
    }

    fn with_body(&self, method: &str, path: &str, body: &str) -> String {
        let (headers, length) = (self.headers(), body.len());
        format!(
            "{method} {}{path} HTTP/1.1\r\n{headers}Content-Type: application/scim+json; charset=utf-8\r\n\
             Content-Length: {length}\r\n\r\n{body}",
            self.path
        )
    }

    fn headers(&self) -> String {
        format!(
            "Host: rollcall.example.com\r\nAuthorization: Bearer {}\r\nAccept: application/scim+json\r\n",
            self.token
        )
    }
}
