//! Users and groups, in English.

use crate::words::people::People;

pub(super) static WORDS: People = People {
    users: "Users",
    groups: "Groups",
    search_users: "Search by name, user name or e-mail",
    search_groups: "Search by name",
    filter: "Access",
    all: "All",
    active: "Active",
    inactive: "Inactive",
    export_csv: "Export CSV",
    name: "Name",
    user_name: "User name",
    email: "E-mail",
    access: "Access",
    changed: "Changed",
    count_users: |text, n| {
        if n == 1 {
            "1 user".to_owned()
        } else {
            format!("{text} users")
        }
    },
    count_groups: |text, n| {
        if n == 1 {
            "1 group".to_owned()
        } else {
            format!("{text} groups")
        }
    },
    no_users_title: "No users yet",
    no_users_text: "Users appear here by themselves as soon as the directory's provider sends them. Directory Sync says which step comes next.",
    no_groups_title: "No groups yet",
    no_groups_text: "Groups appear here when they are assigned at the provider. In Entra, that needs Microsoft Entra ID P1 or P2.",
    go_to_sync: "Go to Directory Sync",
    none_match: "Nobody matches what you search for",
    show_all: "Show all",
    unnamed: "No name sent",
    ids: "Three IDs, never mixed up",
    our_id: "ID here",
    our_id_help: "Ours. The provider keeps it and uses it in every later request.",
    external_id: "externalId",
    external_id_help: "The provider's own ID, as it sent it. A label, never a key.",
    object_id: "Entra object ID",
    object_id_help: "Joins this user to the person who signs in with Microsoft.",
    object_id_missing: "externalId is no object ID: map it from objectId in Entra, or sign-in and provisioning never meet.",
    group_external_id_help: "The provider's own ID. Entra sends the group's object ID.",
    attributes: "Attributes",
    no_attributes: "Nothing beyond the names above was sent.",
    member_of: "Member of",
    no_memberships: "No group. Memberships arrive with the groups assigned at the provider.",
    history: "History",
    no_history: "Nothing recorded yet.",
    last_sent: "What the provider last sent",
    last_sent_none: "No request about it is kept.",
    last_sent_how: |method| format!("{method}, passwords and secrets left out"),
    members: "Members",
    members_count: |text, n| {
        if n == 1 {
            "1 member".to_owned()
        } else {
            format!("{text} members")
        }
    },
    no_members: "No members. Entra sends them in a second pass, after the users.",
    nested: "Nested group, not expanded",
    nested_count: |text, n| {
        if n == 1 {
            "1 nested group".to_owned()
        } else {
            format!("{text} nested groups")
        }
    },
    nested_text: "Its members do not get access through this group. Entra does not expand nested groups either: assign the nested group itself.",
    created: "Created",
    inactive_text: "Inactive: no access. Everything is kept, memberships too, in case the provider reactivates the user.",
};
