//! What the store says, as the contract says it.

use contract::activity::{ActivityRow, Change, Ignored, Origin, Outcome, SubjectKind};
use contract::page::Page;
use contract::people::{Attribute, LastSent};
use serde_json::Value;
use store::activity::{self, Activity};
use uuid::Uuid;

use crate::directory::changes::flatten;
use crate::directory::signals::count;

/// A page of rows, with the keys of its neighbours.
pub(super) fn page<R, T>(
    found: store::page::Page<R>,
    key: impl Fn(&R) -> String,
    show: impl Fn(R) -> T,
) -> Page<T> {
    let next = found.rows.last().filter(|_| found.has_next).map(&key);
    let previous = found.rows.first().filter(|_| found.has_previous).map(&key);
    Page {
        total: count(found.total),
        next,
        previous,
        rows: found.rows.into_iter().map(show).collect(),
    }
}

pub(super) fn activity_row(entry: &Activity) -> ActivityRow {
    ActivityRow {
        id: entry.seq.to_string(),
        at: entry.at,
        origin: match entry.origin {
            activity::Origin::Scim => Origin::Scim,
            activity::Origin::Console => Origin::Console,
            activity::Origin::CommandLine => Origin::CommandLine,
        },
        action: entry.action.clone(),
        status: entry.status,
        outcome: match entry.outcome {
            activity::Outcome::Ok => Outcome::Ok,
            activity::Outcome::Refused => Outcome::Refused,
            activity::Outcome::Failed => Outcome::Failed,
        },
        subject_kind: match entry.subject_kind {
            activity::SubjectKind::User => SubjectKind::User,
            activity::SubjectKind::Group => SubjectKind::Group,
            activity::SubjectKind::Directory => SubjectKind::Directory,
            activity::SubjectKind::Token => SubjectKind::Token,
            activity::SubjectKind::None => SubjectKind::None,
        },
        subject_id: entry.subject_id.clone(),
        subject_name: entry.subject_name.clone(),
        count: u32::try_from(entry.count).unwrap_or(u32::MAX),
        changed: length(entry.changes.as_deref()),
        ignored: length(entry.ignored.as_deref()),
        reason: entry.reason.clone(),
    }
}

pub(super) fn changes(entry: &Activity) -> Vec<Change> {
    let text = |change: &Value, key: &str| change.get(key).and_then(Value::as_str).map(str::to_owned);
    let change = |change: &Value| Change {
        path: text(change, "path").unwrap_or_default(),
        old: text(change, "old"),
        new: text(change, "new"),
    };
    list(entry.changes.as_deref()).iter().map(change).collect()
}

pub(super) fn ignored(entry: &Activity) -> Vec<Ignored> {
    let text = |ignored: &Value, key: &str| {
        ignored
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let ignored = |ignored: &Value| Ignored {
        path: text(ignored, "path"),
        reason: text(ignored, "reason"),
    };
    list(entry.ignored.as_deref()).iter().map(ignored).collect()
}

fn length(list_text: Option<&str>) -> u32 {
    u32::try_from(list(list_text).len()).unwrap_or(u32::MAX)
}

fn list(text: Option<&str>) -> Vec<Value> {
    text.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

/// The request's body as it came; the method follows from what was done with it.
pub(super) fn last_sent(entry: &Activity) -> Option<LastSent> {
    let method = match entry.action.as_str() {
        "create_user" | "create_group" => "POST",
        "replace_user" | "replace_group" => "PUT",
        _ => "PATCH",
    };
    Some(LastSent {
        at: entry.at,
        method: method.to_owned(),
        body: pretty(entry.request.as_deref()?),
    })
}

/// JSON for people; what is no JSON (a body that was cut) as it is.
pub(super) fn pretty(text: &str) -> String {
    let value: Option<Value> = serde_json::from_str(text).ok();
    value
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| text.to_owned())
}

pub(super) fn attributes(body: &scim::Map) -> Vec<Attribute> {
    flatten(body)
        .into_iter()
        .map(|(path, value)| Attribute { path, value })
        .collect()
}

/// An `externalId` of the form of a GUID is taken for the Entra object id (entra-facts A6): Entra's default sends mailNickname.
pub(super) fn entra_object_id(external_id: &str) -> Option<String> {
    let hyphenated = external_id.len() == 36;
    Uuid::try_parse(external_id)
        .ok()
        .filter(|_| hyphenated)
        .map(|id| id.hyphenated().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_guid_is_an_object_id() {
        assert!(entra_object_id("0193a1f0-0000-7000-8000-0000000000AB").is_some());
        for nickname in ["jdoe", "", "0193a1f0000070008000000000000000", "1"] {
            assert_eq!(entra_object_id(nickname), None);
        }
    }

    #[test]
    fn bodies_are_pretty_where_they_can_be() {
        assert_eq!(pretty(r#"{"a":1}"#), "{\n  \"a\": 1\n}");
        assert_eq!(pretty("{\"a\":…"), "{\"a\":…");
    }
}
