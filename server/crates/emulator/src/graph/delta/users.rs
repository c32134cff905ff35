//! A user in a delta.

use super::super::gate::moment;
use super::super::users::{DEFAULTS, property};
use super::item::{Item, Touched, Wanted};
use crate::tenant::{ChangeKind, Directory, Property, User};

/// What is stored outside the directory (C1).
pub(super) const ELSEWHERE: &[&str] = &[
    "aboutMe",
    "birthday",
    "interests",
    "mailboxSettings",
    "mySite",
    "pastProjects",
    "photo",
    "preferredName",
    "responsibilities",
    "schools",
    "signInActivity",
    "skills",
];

/// Properties that are not texts of [`Property`].
const OTHERS: &[&str] = &[
    "id",
    "accountEnabled",
    "businessPhones",
    "createdDateTime",
    "creationType",
    "deletedDateTime",
    "externalUserState",
    "manager",
    "onPremisesImmutableId",
    "onPremisesSyncEnabled",
    "usageLocation",
    "userType",
];

pub(super) fn known(name: &str) -> bool {
    OTHERS.contains(&name) || property(name).is_some()
}

/// Notes what a change of a user means.
pub(super) fn note(kind: &ChangeKind, touched: &mut Touched) {
    match kind {
        ChangeKind::UserAdded | ChangeKind::UserRestored => touched.whole = true,
        ChangeKind::UserUpdated { properties } => {
            touched
                .names
                .extend(properties.iter().map(|property| graph_name(*property)));
        }
        ChangeKind::ManagerChanged => drop(touched.names.insert("manager")),
        ChangeKind::UserDisabled | ChangeKind::UserEnabled => {
            touched.names.insert("accountEnabled");
        }
        _ => {}
    }
}

/// Whether the log's entry is about a user.
pub(super) fn concerns(kind: &ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::UserAdded
            | ChangeKind::UserUpdated { .. }
            | ChangeKind::ManagerChanged
            | ChangeKind::UserDisabled
            | ChangeKind::UserEnabled
            | ChangeKind::UserDeleted
            | ChangeKind::UserRestored
            | ChangeKind::UserPurged
    )
}

fn graph_name(property: Property) -> &'static str {
    match property {
        Property::TelephoneNumber => "businessPhones",
        Property::Mobile => "mobilePhone",
        Property::PhysicalDeliveryOfficeName => "officeLocation",
        Property::FacsimileTelephoneNumber => "faxNumber",
        other => other.name(),
    }
}

/// The user as the caller wants it; `None` when nothing happened that it selected.
pub(super) fn item(directory: &Directory, user: &User, wanted: Wanted<'_>) -> Option<Item> {
    if user.deleted.is_some() {
        return Some(Item::removed(user.id, "changed"));
    }
    // Without `$select` every property is tracked, though not every one is shown; a relation only when selected.
    if !wanted.matters(|name| name != "manager") {
        return None;
    }
    let mut item = Item::new(user.id);
    for property in Property::ALL {
        let name = graph_name(property);
        let default = DEFAULTS.contains(&name);
        match (wanted.take(name, default), user.get(property)) {
            (Some(_), Some(value)) if name == "businessPhones" => {
                item.raw(name, &serde_json::json!([value]).to_string());
            }
            (Some(_), None) if name == "businessPhones" => item.raw(name, "[]"),
            (Some(_), Some(value)) => item.text(name, value),
            (Some(true), None) => item.raw(name, "null"),
            _ => {}
        }
    }
    others(user, wanted, &mut item);
    if wanted.relation("manager", false) {
        manager(directory, user, &mut item);
    }
    Some(item)
}

fn others(user: &User, wanted: Wanted<'_>, item: &mut Item) {
    if wanted.take("accountEnabled", false).is_some() {
        item.raw(
            "accountEnabled",
            if user.account_enabled { "true" } else { "false" },
        );
    }
    if wanted.take("userType", false).is_some() {
        item.text("userType", if user.guest { "Guest" } else { "Member" });
    }
    if wanted.take("createdDateTime", false).is_some() {
        item.raw("createdDateTime", &moment(user.created).to_string());
    }
    for (name, value) in [("creationType", "Invitation"), ("externalUserState", "Accepted")] {
        if user.guest && wanted.take(name, false).is_some() {
            item.text(name, value);
        }
    }
}

fn manager(directory: &Directory, user: &User, item: &mut Item) {
    let kind = "\"@odata.type\":\"#microsoft.graph.user\"";
    match (user.manager, directory.former_manager(user.id)) {
        (Some(id), _) => item.raw("manager@delta", &format!("[{{{kind},\"id\":\"{id}\"}}]")),
        (None, Some(id)) => item.raw(
            "manager@delta",
            &format!("[{{{kind},\"id\":\"{id}\",\"@removed\":{{\"reason\":\"deleted\"}}}}]"),
        ),
        _ => {}
    }
}
