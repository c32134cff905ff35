//! Organizations, in English.

use crate::words::organizations::Organizations;

pub(super) static WORDS: Organizations = Organizations {
    title: "Organizations",
    search: "Search by name",
    new: "New organization",
    name: "Organization",
    health: "Health",
    users: "Users",
    groups: "Groups",
    last_activity: "Last activity",
    steps: "Steps",
    steps_done: |done, of| format!("{done} of {of}"),
    app: "App",
    count: |text, n| {
        if n == 1 {
            "1 organization".to_owned()
        } else {
            format!("{text} organizations")
        }
    },
    empty_title: "No organizations yet",
    empty_text: "An organization is a customer of your app. Make one, connect its directory, and its users appear here by themselves.",
    none_found: |search| format!("No organization is called “{search}”"),
    clear_search: "Show all organizations",
    new_title: "New organization",
    new_text: "A customer of your app. Its directory comes next.",
    name_label: "Name",
    name_help: "As your customer writes it. You can change it later.",
    app_label: "App",
    app_help: "Which of your apps this customer uses.",
    create: "Create organization",
    tabs: "Organization",
    tab_directory_sync: "Directory Sync",
    tab_users: "Users",
    tab_groups: "Groups",
    tab_activity: "Activity",
    more: "More",
    rename: "Rename…",
    rename_title: "Rename organization",
    rename_do: "Rename organization",
    delete: "Delete…",
    delete_title: |name| format!("Delete {name}?"),
    delete_text: |directories, users, groups| {
        format!(
            "This deletes {directories}, {users} and {groups}, with every token and the whole history. Their provider is refused from that moment. It cannot be undone."
        )
    },
    delete_label: |name| format!("Type “{name}” to confirm"),
    delete_do: "Delete organization",
};
