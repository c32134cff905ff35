//! Activity, in English.

use crate::words::activity::Activity;
use contract::activity::{Origin, Outcome, SubjectKind};

pub(super) static WORDS: Activity = Activity {
    title: "Activity",
    search: "Search by name",
    outcome: "Result",
    any_outcome: "Any result",
    outcome_word: |outcome| match outcome {
        Outcome::Ok => "Done",
        Outcome::Refused => "Refused",
        Outcome::Failed => "Failed",
    },
    changes_only: "Only changes",
    apply: "Apply",
    when: "When",
    what: "What",
    subject: "Of what",
    result: "Result",
    changes: "Changes",
    origin: |origin| match origin {
        Origin::Scim => "Provider",
        Origin::Console => "Console",
        Origin::CommandLine => "Command line",
    },
    origin_label: "By",
    subject_kind: |kind| match kind {
        SubjectKind::User => "User",
        SubjectKind::Group => "Group",
        SubjectKind::Directory => "Directory",
        SubjectKind::Token => "Token",
        SubjectKind::None => "",
    },
    action,
    times: |n| format!("{n} times"),
    changed: |text, n| {
        if n == 1 {
            "1 changed".to_owned()
        } else {
            format!("{text} changed")
        }
    },
    ignored: |text, n| {
        if n == 1 {
            "1 ignored".to_owned()
        } else {
            format!("{text} ignored")
        }
    },
    empty_title: "Nothing has happened yet",
    empty_text: "Each request of the provider and each act in this console is recorded here: when, what, with which result, and why a refusal.",
    none_match: "Nothing matches this filter",
    show_all: "Show everything",
    entry_changes: "What changed",
    entry_no_changes: "Nothing changed.",
    attribute: "Attribute",
    old: "Before",
    new: "After",
    not_set: "not set",
    entry_ignored: "What was ignored",
    entry_ignored_text: "Kept out, so that it does not sink the rest of the request.",
    reason: "Why",
    refused_title: "Why it was refused",
    refused_what_to_do: |status| match status {
        401 => {
            "Look at Tokens under Directory Sync: the provider must carry one that is alive. If in doubt, rotate and paste the new one."
        }
        403 => "Enable the directory under Directory Sync.",
        404 => {
            "The provider holds an ID that is not here any more. In Entra, restart provisioning so that it matches anew."
        }
        409 => {
            "Another user or group holds that name already. Change one of the two at the provider, or look for a duplicate there."
        }
        412 => "It changed in between. The provider reads it again and repeats the request by itself.",
        413 => "The request is too large. Have the provider send fewer members or attributes at once.",
        429 => "Too many requests at once. The provider waits and comes back by itself.",
        _ => {
            "Correct the attribute named here in the provider's mapping, then provision that user or group on demand."
        }
    },
    failed_title: "A fault on our side",
    failed_what_to_do: "The provider was told to come back, and tries again by itself. If it lasts, give support the reference.",
    request: "The request",
    request_text: "As it came, without passwords and secrets",
    no_request: "It carried no body.",
    status: "HTTP status",
    duration: "Took",
    milliseconds: |n| format!("{n} ms"),
    reference: "Reference",
    entry_id: "Entry",
    counted: "Counted together",
    whole_list: "All activity",
};

fn action(word: &str) -> Option<&'static str> {
    Some(match word {
        "connection_test" => "Connection test",
        "find_user" => "Look for a user",
        "find_group" => "Look for a group",
        "list_users" | "search_users" => "List users",
        "list_groups" | "search_groups" => "List groups",
        "get_user" | "read_user" => "Read user",
        "get_group" | "read_group" => "Read group",
        "create_user" => "Create user",
        "update_user" | "patch_user" => "Update user",
        "replace_user" | "put_user" => "Replace user",
        "disable_user" | "deactivate_user" => "Disable user",
        "enable_user" | "activate_user" | "reactivate_user" => "Reactivate user",
        "delete_user" => "Delete user",
        "create_group" => "Create group",
        "update_group" | "patch_group" => "Update group",
        "rename_group" => "Rename group",
        "replace_group" | "put_group" => "Replace group",
        "delete_group" => "Delete group",
        "add_members" => "Add members",
        "remove_members" => "Remove members",
        "replace_members" => "Replace members",
        "discovery" => "Read what is supported",
        "search" => "Search",
        "bulk" => "Several at once",
        "unauthorized" | "token_refused" | "authenticate" => "Token refused",
        "create_organization" => "Create organization",
        "rename_organization" => "Rename organization",
        "delete_organization" => "Delete organization",
        "create_directory" | "configure" => "Configure directory",
        "rename_directory" => "Rename directory",
        "disable_directory" => "Disable directory",
        "enable_directory" => "Enable directory",
        "delete_directory" => "Delete directory",
        "create_token" => "Create token",
        "reveal_token" => "Show token once",
        "revoke_token" => "Revoke token",
        "begin_support_view" => "Support looks at personal data",
        "end_support_view" => "Support stops looking at personal data",
        _ => return None,
    })
}
