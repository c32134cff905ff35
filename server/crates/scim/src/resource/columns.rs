//! What the store keeps in columns of its own, read from canonical attributes.

use serde_json::Value;

use crate::{Map, schema::ENTERPRISE_USER};

fn text<'a>(attributes: &'a Map, name: &str) -> Option<&'a str> {
    attributes.get(name).and_then(Value::as_str)
}

/// `userName`, as it was sent.
pub fn user_name(attributes: &Map) -> Option<&str> {
    text(attributes, "userName")
}

/// `externalId`, an opaque string of the provider (threats T16).
pub fn external_id(attributes: &Map) -> Option<&str> {
    text(attributes, "externalId")
}

/// `displayName`.
pub fn display_name(attributes: &Map) -> Option<&str> {
    text(attributes, "displayName")
}

/// The name to show for a user: `displayName`, else `name.formatted`, else given and family name, else `userName`.
pub fn best_name(attributes: &Map) -> Option<String> {
    let name = attributes.get("name").and_then(Value::as_object);
    let part = |key| name.and_then(|name| text(name, key));
    let parts: Vec<&str> = [part("givenName"), part("familyName")]
        .into_iter()
        .flatten()
        .collect();
    let joined = (!parts.is_empty()).then(|| parts.join(" "));
    let whole = display_name(attributes).or(part("formatted")).map(str::to_owned);
    whole
        .or(joined)
        .or_else(|| user_name(attributes).map(str::to_owned))
}

/// `active`; a user without it has access.
pub fn active(attributes: &Map) -> bool {
    attributes.get("active").and_then(Value::as_bool).unwrap_or(true)
}

/// One e-mail address of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Email<'a> {
    /// The address, as it was sent. Data, never a key (threats T13).
    pub value: &'a str,
    /// `work`, `home`, ….
    pub kind: Option<&'a str>,
    /// Whether it is marked as the preferred one.
    pub primary: bool,
}

/// `emails`, in the order they were sent, those without a value left out.
pub fn emails(attributes: &Map) -> impl Iterator<Item = Email<'_>> {
    let elements = attributes
        .get("emails")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    elements.filter_map(Value::as_object).filter_map(|email| {
        let primary = email.get("primary").and_then(Value::as_bool).unwrap_or(false);
        Some(Email {
            value: text(email, "value")?,
            kind: text(email, "type"),
            primary,
        })
    })
}

/// The address to show: the primary one, else the first of type `work`, else the first.
pub fn best_email(attributes: &Map) -> Option<&str> {
    let is_work = |email: &Email<'_>| email.kind.is_some_and(|kind| kind.eq_ignore_ascii_case("work"));
    let first = emails(attributes).next();
    let best = emails(attributes)
        .find(|email| email.primary)
        .or_else(|| emails(attributes).find(is_work));
    best.or(first).map(|email| email.value)
}

/// `value` of the enterprise extension's `manager`: usually the id of a user as we issued it (entra-facts A4.7).
pub fn manager(attributes: &Map) -> Option<&str> {
    let extension = attributes.get(ENTERPRISE_USER).and_then(Value::as_object)?;
    extension
        .get("manager")
        .and_then(Value::as_object)
        .and_then(|manager| text(manager, "value"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resource::parse_user;

    fn user(body: Value) -> Map {
        parse_user(body.to_string().as_bytes()).unwrap().attributes
    }

    #[test]
    fn columns_are_read() {
        let jane = user(json!({
            "userName": "Jane", "externalId": "e", "displayName": "Jane D", "active": "False", "manager": "M1",
        }));
        assert_eq!(user_name(&jane), Some("Jane"));
        assert_eq!(external_id(&jane), Some("e"));
        assert_eq!(display_name(&jane), Some("Jane D"));
        assert!(!active(&jane));
        assert_eq!(manager(&jane), Some("M1"));
    }

    #[test]
    fn what_is_missing_is_none_and_active() {
        let jane = user(json!({"userName": "Jane"}));
        assert_eq!(
            (external_id(&jane), display_name(&jane), manager(&jane)),
            (None, None, None)
        );
        assert!(active(&jane));
        assert_eq!(emails(&jane).count(), 0);
        assert_eq!(best_email(&jane), None);
    }

    #[test]
    fn the_best_name_is_the_fullest() {
        let name = |body: Value| best_name(&user(body)).unwrap();
        assert_eq!(
            name(json!({"userName": "u", "displayName": "D", "name": {"formatted": "F"}})),
            "D"
        );
        assert_eq!(
            name(json!({"userName": "u", "name": {"formatted": "F", "givenName": "G"}})),
            "F"
        );
        assert_eq!(
            name(json!({"userName": "u", "name": {"givenName": "G", "familyName": "N"}})),
            "G N"
        );
        assert_eq!(name(json!({"userName": "u", "name": {"familyName": "N"}})), "N");
        assert_eq!(name(json!({"userName": "u"})), "u");
        assert_eq!(best_name(&Map::new()), None);
    }

    #[test]
    fn the_best_address_is_primary_then_work_then_first() {
        let email =
            |list: Value| best_email(&user(json!({"userName": "u", "emails": list}))).map(str::to_owned);
        let work = json!({"value": "w", "type": "Work"});
        assert_eq!(
            email(json!([{"value": "a"}, work, {"value": "p", "primary": true}])).as_deref(),
            Some("p")
        );
        assert_eq!(email(json!([{"value": "a"}, work])).as_deref(), Some("w"));
        assert_eq!(
            email(json!([{"value": "a"}, {"value": "b"}])).as_deref(),
            Some("a")
        );
        assert_eq!(email(json!([{"display": "no value"}])), None);
    }

    #[test]
    fn addresses_carry_their_label() {
        let jane =
            user(json!({"userName": "u", "emails": [{"value": "w", "type": "work", "primary": true}, "b"]}));
        let listed: Vec<Email<'_>> = emails(&jane).collect();
        assert_eq!(
            listed[0],
            Email {
                value: "w",
                kind: Some("work"),
                primary: true
            }
        );
        assert_eq!(
            listed[1],
            Email {
                value: "b",
                kind: None,
                primary: false
            }
        );
    }
}
