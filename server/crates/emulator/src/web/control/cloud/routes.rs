//! The list of the cloud's routes.

/// Method, path, body, and what it does.
pub(in super::super) const ROUTES: &[(&str, &str, &str, &str)] = &[
    (
        "GET",
        "/control/cloud",
        "",
        "Tenants, people, replication delay, time",
    ),
    (
        "GET",
        "/control/cloud/applications",
        "",
        "App registrations, secrets included",
    ),
    (
        "PATCH",
        "/control/cloud/applications/{app}",
        "{enabled}",
        "Disable or enable an application everywhere",
    ),
    (
        "POST",
        "/control/cloud/applications/{app}/redirect-uris",
        "{uri}",
        "Add a redirect URI",
    ),
    (
        "POST",
        "/control/cloud/applications/{app}/secrets",
        "{displayName, seconds}",
        "Add a secret, valid so long; two years without",
    ),
    (
        "POST",
        "/control/cloud/applications/{app}/secrets/expire",
        "{} or {keyId}",
        "End the life of all secrets, or of one",
    ),
    (
        "POST",
        "/control/cloud/applications/{app}/certificates",
        "{displayName, pem}",
        "Add a certificate",
    ),
    (
        "POST",
        "/control/cloud/portal",
        "{url}",
        "Register a portal's callbacks for Rollcall, Truvio and TruU",
    ),
    (
        "GET",
        "/control/cloud/tenants/{tenant}/principals",
        "",
        "Service principals, replicated or not",
    ),
    (
        "PATCH",
        "/control/cloud/tenants/{tenant}/principals/{app}",
        "{accountEnabled, appRoleAssignmentRequired}",
        "Change a service principal",
    ),
    (
        "DELETE",
        "/control/cloud/tenants/{tenant}/principals/{app}",
        "",
        "Delete a service principal with its assignments and grants",
    ),
    (
        "GET",
        "/control/cloud/tenants/{tenant}/grants",
        "",
        "Delegated grants and app role assignments that are visible",
    ),
    (
        "POST",
        "/control/cloud/tenants/{tenant}/directory-roles",
        "{user, roles: []}",
        "Give a user these directory roles instead of theirs",
    ),
    (
        "POST",
        "/control/cloud/tenants/{tenant}/users/{user}/{action}",
        "",
        "disable, enable, delete or restore a user of any tenant",
    ),
    (
        "POST",
        "/control/cloud/tenants/{tenant}/revoke",
        "{user}",
        "End a user's refresh tokens",
    ),
    (
        "POST",
        "/control/cloud/delay",
        "{seconds}",
        "Replication delay of what is made from now on",
    ),
    (
        "POST",
        "/control/cloud/clock/advance",
        "{seconds}",
        "Move the clock of tokens, secrets and replication",
    ),
    ("GET", "/control/cloud/faults", "", "Faults in force"),
    (
        "POST",
        "/control/cloud/faults",
        "{match: {endpoint, tenant, client, user, detail}, effect: {kind, …}, times}",
        "Let something go wrong",
    ),
    ("DELETE", "/control/cloud/faults", "", "Take every fault away"),
    ("DELETE", "/control/cloud/faults/{id}", "", "Take one fault away"),
    (
        "POST",
        "/control/cloud/keys/rotate",
        "{keep}",
        "Sign with a new key; keep=false stops publishing the old ones",
    ),
    (
        "POST",
        "/control/cloud/keys/forget-old",
        "",
        "Stop publishing keys that no longer sign",
    ),
    (
        "POST",
        "/control/cloud/cancel-spelling",
        "{spelling: documented, subcode or declined}",
        "How a press on Cancel is told",
    ),
];
