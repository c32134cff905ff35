//! Directories, in English.

use crate::words::directories::Directories;
use contract::directories::Provider;

pub(super) static WORDS: Directories = Directories {
    title: "Directory Sync",
    where_title: |organization| format!("Where does {organization} keep its people?"),
    where_text: "The identity provider sends users and groups to an endpoint made for it alone, over SCIM.",
    guided: "Ten steps, each proven",
    generic: "Short SCIM guide",
    not_listed: "Not listed?",
    any_scim: "Any provider that speaks SCIM 2.0",
    configure_title: |provider| format!("Connect {provider}"),
    configure_makes: |organization| {
        format!("Makes an endpoint URL and a bearer token for {organization} alone.")
    },
    configure_once: "Shows the token once. Only its hash is kept here, so have the provider's page open to paste it.",
    configure_reads: |provider| match provider {
        Provider::EntraId => {
            "Reads nothing from the tenant. Entra sends the users and groups you assign, and nothing else."
        }
        _ => "Reads nothing from the provider. It sends the users and groups you assign, and nothing else.",
    },
    needs: "What the customer's admin needs",
    needs_entra: [
        "In Microsoft Entra: the role **Application Administrator** or **Cloud Application Administrator**.",
        "To assign groups: **Microsoft Entra ID P1** or P2. Assigning users one by one needs no licence.",
    ],
    needs_other: "The right to set up SCIM provisioning at the provider.",
    configure: "Configure",
    other_provider: "Choose another provider",
    all_directories: "Directories of this organization",
    connect_another: "Connect another provider",
    last_request: "Last request",
    no_request: "No request yet",
    have_access: |users, groups| format!("{users} · {groups} have access"),
    users: |text, n| {
        if n == 1 {
            "1 user".to_owned()
        } else {
            format!("{text} users")
        }
    },
    groups: |text, n| {
        if n == 1 {
            "1 group".to_owned()
        } else {
            format!("{text} groups")
        }
    },
    tokens_count: |text, n| {
        if n == 1 {
            "1 token".to_owned()
        } else {
            format!("{text} tokens")
        }
    },
    directories: |text, n| {
        if n == 1 {
            "1 directory".to_owned()
        } else {
            format!("{text} directories")
        }
    },
    inactive_kept: |n| format!("{n} inactive, kept without access"),
    requests_title: "Requests, last 24 hours",
    requests_label: |total, peak| format!("{total} requests in 24 hours, at most {peak} in one hour"),
    endpoint_url: "Endpoint URL",
    pasted_as: |field| format!("In Entra: {field}"),
    directory_id: "Directory ID",
    created: "Created",
    secret_title: |provider| format!("Paste these two values into {provider}"),
    secret_text: "The bearer token is shown this once. Only its hash is kept here; nobody can show it again.",
    bearer_token: "Bearer token",
    stored: "I stored it",
    stored_text: "If it gets lost, rotate: a second token takes its place without a gap.",
    tokens: "Tokens",
    tokens_alive: |n| format!("{n} of 2"),
    token_name: "Token",
    token_ends_with: |last4| format!("ends with {last4}"),
    token_created: "Created",
    token_used: "Last used",
    token_unused: "not used yet",
    token_expires: "Expires",
    token_no_expiry: "does not expire",
    token_alive: "Alive",
    token_revoked: "Revoked",
    token_expired: "Expired",
    rotate: "Rotate token…",
    rotate_title: "Rotate token",
    rotate_steps: |provider| match provider {
        Provider::EntraId => [
            "A second token is made. The one in use keeps working.",
            "Paste the second one into Entra as **Secret token**, test the connection and save.",
            "When it shows as used, revoke the first one.",
        ],
        _ => [
            "A second token is made. The one in use keeps working.",
            "Paste the second one into the provider and save.",
            "When it shows as used, revoke the first one.",
        ],
    },
    rotate_name: |date| format!("Token of {date}"),
    rotate_name_help: "To tell it from the other one.",
    rotate_expires: "Expires on",
    rotate_expires_help: "Better none for Entra: when its token ends, Entra puts provisioning into quarantine.",
    rotate_do: "Create second token",
    rotate_full: "Two tokens are alive, and two is the most. Revoke one to make another.",
    revoke: "Revoke…",
    revoke_title: |name| format!("Revoke {name}?"),
    revoke_other: "Requests that carry it are refused within a second. The other token keeps working.",
    revoke_last: "It is the only token alive. From the next request on the provider is refused, users stop arriving, and Entra puts provisioning into quarantine.",
    revoke_in_use: |ago| format!("The provider used it {ago}. Make sure the other token is in place there."),
    revoke_do: "Revoke token",
    acts: "Manage",
    rename: "Rename…",
    rename_title: "Rename directory",
    rename_label: "Name",
    rename_help: "Shown here and in the activity. The provider does not see it.",
    rename_do: "Rename directory",
    disable: "Disable…",
    disable_title: |name| format!("Disable {name}?"),
    disable_text: "The provider is refused with 403 until you enable it again. Users, groups and tokens are kept as they are. Entra puts provisioning into quarantine if it lasts.",
    disable_do: "Disable directory",
    enable: "Enable directory",
    disabled_title: "This directory is disabled",
    disabled_text: "Its provider is refused with 403. Users, groups and tokens are kept as they are.",
    delete: "Delete…",
    delete_title: |name| format!("Delete {name}?"),
    delete_text: |users, groups, tokens| {
        format!(
            "This deletes {users}, {groups} and {tokens}, with the whole history. The endpoint URL stops answering. It cannot be undone."
        )
    },
    delete_alternative: "To stop the provider and keep everything, disable it instead.",
    delete_label: |name| format!("Type “{name}” to confirm"),
    delete_do: "Delete directory",
};
