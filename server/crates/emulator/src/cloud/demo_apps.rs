//! The demo's applications, as their developers registered them.

use jiff::Timestamp;
use uuid::{Uuid, uuid};

use super::application::{AppRegistration, AppRole, Audience, MemberType, RequiredAccess, Scope, ScopeType};
use super::graph_permissions::{GRAPH_APP_ID, GRAPH_PERMISSIONS, graph_permission};
use super::{HERO_INDUSTRIES, ROLLCALL, TRUU, TRUU_SYNC, TRUVIO};
use crate::rng::Rng;
use crate::tenant::TENANT_ID;

pub(super) const HERO_SAAS: Uuid = uuid!("4e205aa5-0000-4000-8000-0000000a9917");
const TRUVIO_SCOPE: Uuid = uuid!("74070100-0000-4000-8000-00000000005c");
const TRUVIO_ROLE: Uuid = uuid!("74070100-0000-4000-8000-0000000000e1");
const HERO_SAAS_USER: Uuid = uuid!("4e205aa5-0000-4000-8000-0000000000e1");
const HERO_SAAS_MSIAM: Uuid = uuid!("4e205aa5-0000-4000-8000-0000000000e2");
const PORTAL: &str = "http://127.0.0.1:8080";

fn app(id: Uuid, home: Option<Uuid>, name: &str, created: Timestamp) -> AppRegistration {
    // The object id of a registration is another than its application id.
    let object = Rng::new(id.as_u64_pair().0 ^ id.as_u64_pair().1).uuid();
    AppRegistration::new(object, id, home, name, created)
}

pub(super) fn graph(created: Timestamp) -> AppRegistration {
    let mut graph = app(GRAPH_APP_ID, None, "Microsoft Graph", created);
    graph.audience = Audience::MultipleOrgs;
    graph.identifier_uris = vec!["https://graph.microsoft.com".to_owned()];
    for permission in GRAPH_PERMISSIONS {
        if let Some(id) = permission.delegated {
            graph.scopes.push(Scope {
                id,
                value: permission.name.to_owned(),
                kind: match permission.user_consent {
                    true => ScopeType::User,
                    false => ScopeType::Admin,
                },
                display_name: permission.name.to_owned(),
                enabled: true,
            });
        }
        if let Some(id) = permission.application {
            graph
                .app_roles
                .push(role(id, permission.name, &[MemberType::Application]));
        }
    }
    graph
}

fn role(id: Uuid, value: &str, members: &[MemberType]) -> AppRole {
    AppRole {
        id,
        value: Some(value.to_owned()),
        display_name: value.to_owned(),
        description: value.to_owned(),
        allowed_member_types: members.to_vec(),
        enabled: true,
    }
}

fn delegated(names: &[&str]) -> Vec<RequiredAccess> {
    let ids = names.iter().filter_map(|name| graph_permission(name)?.delegated);
    ids.map(|id| required(id, false)).collect()
}

fn application(names: &[&str]) -> Vec<RequiredAccess> {
    let ids = names
        .iter()
        .filter_map(|name| graph_permission(name)?.application);
    ids.map(|id| required(id, true)).collect()
}

fn required(id: Uuid, application: bool) -> RequiredAccess {
    RequiredAccess {
        resource: GRAPH_APP_ID,
        id,
        application,
    }
}

pub(super) fn rollcall(created: Timestamp) -> AppRegistration {
    let mut rollcall = app(ROLLCALL, Some(HERO_INDUSTRIES), "Rollcall", created);
    rollcall.audience = Audience::MultipleOrgs;
    rollcall.web_redirect_uris = vec![format!("{PORTAL}/sign-in/callback")];
    rollcall.required_access = delegated(&[
        "openid",
        "profile",
        "email",
        "offline_access",
        "User.Read",
        "User.ReadWrite.All",
        "Application.Read.All",
        "AppRoleAssignment.ReadWrite.All",
        "Directory.Read.All",
        "DelegatedPermissionGrant.ReadWrite.All",
    ]);
    rollcall.access_token_version = Some(2);
    rollcall.directory_role_claims = true;
    rollcall.optional_claims = vec!["acct".to_owned(), "xms_edov".to_owned()];
    rollcall
}

pub(super) fn truvio(created: Timestamp) -> AppRegistration {
    let mut truvio = app(TRUVIO, Some(HERO_INDUSTRIES), "Truvio", created);
    truvio.audience = Audience::MultipleOrgs;
    truvio.web_redirect_uris = vec![
        format!("{PORTAL}/consent/callback"),
        format!("{PORTAL}/test-sign-in/callback"),
    ];
    truvio.identifier_uris = vec![format!("api://{TRUVIO}")];
    truvio.access_token_version = Some(2);
    truvio.scopes = vec![Scope {
        id: TRUVIO_SCOPE,
        value: "access_as_user".to_owned(),
        // An administrator's matter, so that the guide's first step cannot be skipped.
        kind: ScopeType::Admin,
        display_name: "Call Truvio's API as the signed-in user".to_owned(),
        enabled: true,
    }];
    let both = [MemberType::User, MemberType::Application];
    truvio.app_roles = vec![role(TRUVIO_ROLE, "Truvio.SubscriptionService", &both)];
    truvio.required_access = delegated(&["User.Read", "openid", "profile"]);
    truvio.required_access.push(RequiredAccess {
        resource: TRUVIO,
        id: TRUVIO_SCOPE,
        application: false,
    });
    truvio
}

pub(super) fn truu(created: Timestamp) -> AppRegistration {
    let mut truu = app(TRUU, Some(HERO_INDUSTRIES), "TruU", created);
    truu.audience = Audience::MultipleOrgs;
    truu.web_redirect_uris = vec![format!("{PORTAL}/consent/callback")];
    truu.required_access = application(&[
        "Device.Read.All",
        "Group.Read.All",
        "Directory.Read.All",
        "User.Read.All",
        "UserAuthenticationMethod.Read.All",
        "Application.Read.All",
    ]);
    truu.required_access.extend(delegated(&["User.Read"]));
    truu
}

/// What Contoso registered for TruU to read its directory with (checklist 4): its own, for one tenant only. It asks for
/// all that the guide names.
pub(super) fn truu_sync(created: Timestamp) -> AppRegistration {
    let mut sync = app(TRUU_SYNC, Some(TENANT_ID), "TruU directory sync", created);
    sync.required_access = truu(created).required_access;
    sync
}

/// What an administrator granted [`truu_sync`] so far; the rest is still to be granted.
pub(super) fn granted_to_truu_sync() -> Vec<RequiredAccess> {
    application(&["User.Read.All", "Group.Read.All", "Application.Read.All"])
}

/// The non-gallery application Contoso made for provisioning; its roles are the template's (C5.2).
pub(super) fn hero_saas(created: Timestamp) -> AppRegistration {
    let mut saas = app(HERO_SAAS, Some(TENANT_ID), "Hero SaaS", created);
    saas.app_roles = vec![
        role(HERO_SAAS_USER, "User", &[MemberType::User]),
        role(HERO_SAAS_MSIAM, "msiam_access", &[MemberType::User]),
    ];
    for role in &mut saas.app_roles {
        role.value = None;
    }
    saas
}
