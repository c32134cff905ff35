//! The questions to Microsoft. What could not be read stays unknown: an outage never looks like a change (threats T53).

use std::collections::BTreeSet;

use contract::onboarding::erp::{Permission, PermissionKind};
use entra::graph::{service_principals::ServicePrincipal, users::User};
use entra::oidc::peek::peek;
use entra::{ConfidentialClient, Graph, GraphError, GraphReason, Reason};
use store::organizations::Tenant;

use super::{Checklists, Subject};

/// For this a token comes even without any permission (entra-facts B4).
const GRAPH_SCOPE: &str = "https://graph.microsoft.com/.default";
/// So many holders of a role are named.
const NAMED: usize = 10;

/// What was read; `None` is unknown.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// The service user; `Some(None)` when it is not there.
    pub(super) user: Option<Option<User>>,
    /// The object id of the app's service principal; `Some(None)` when there is none.
    pub(super) principal: Option<Option<String>>,
    /// What was granted to it, and what lacks.
    pub(super) permissions: Option<Vec<Permission>>,
    /// Who holds the app role.
    pub(super) holders: Option<Vec<Holder>>,
}

/// Somebody who holds the app role.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    pub(super) id: String,
    pub(super) name: String,
}

/// The app's own token for a tenant: proof that its service principal is there.
struct Own {
    principal: String,
    graph: Graph,
}

impl Checklists {
    /// Reads all there is to read, in the name of the admin of this session where there is one, and as the app itself.
    pub(super) async fn gather(&self, subject: &Subject, session: Option<&str>) -> Read {
        let Some(tenant) = &subject.tenant else {
            return Read::default();
        };
        let admin = session.and_then(|session| self.as_admin(subject, session));
        let own = self.own(subject, tenant).await;
        let own_graph = own
            .as_ref()
            .and_then(|own| own.as_ref().map(|own| own.graph.clone()));
        let Some(graph) = admin.or(own_graph) else {
            return Read {
                principal: own.map(|own| own.map(|own| own.principal)),
                ..Read::default()
            };
        };
        let mut read = of_app(&graph, subject, own.as_ref()).await;
        read.user = user(&graph, subject).await;
        read
    }

    /// The app's own token for the tenant; `Some(None)` when it has no service principal there, `None` when that cannot
    /// be told.
    async fn own(&self, subject: &Subject, tenant: &Tenant) -> Option<Option<Own>> {
        let client = self.client(subject).filter(|_| subject.has_secret())?;
        // A token of before keeps its roles until its end, and outlives the service principal (entra-facts B3).
        client.forget(&tenant.id);
        match own_token(&client, &tenant.id).await {
            Ok(token) => {
                let said = peek(&token)?;
                if said.tid.as_deref() != Some(tenant.id.as_str()) {
                    tracing::warn!(organization = %subject.organization.id, "a token for another tenant came");
                    return None;
                }
                Some(Some(Own {
                    principal: said.oid?,
                    graph: self.microsoft.graph(token.into()),
                }))
            }
            Err(Reason::AppNotInTenant) => Some(None),
            Err(_) => None,
        }
    }
}

async fn own_token(client: &ConfidentialClient, tenant: &str) -> Result<String, Reason> {
    let token = client.acquire_token_for_client(tenant, GRAPH_SCOPE).await;
    token.map(|token| token.expose().to_owned()).map_err(|error| {
        tracing::info!(%error, "no token for the app itself");
        error.reason()
    })
}

/// A look that failed tells nothing.
fn told<T>(answer: Result<T, GraphError>) -> Option<T> {
    answer
        .inspect_err(|error| tracing::info!(%error, "a fact could not be read from Graph"))
        .ok()
}

async fn user(graph: &Graph, subject: &Subject) -> Option<Option<User>> {
    let chosen = subject.known.user.as_ref()?;
    match graph.user(&chosen.user.object_id).await {
        Err(error) if error.reason() == GraphReason::NotFound => Some(None),
        answer => told(answer).map(Some),
    }
}

/// Consent and role. Where both speak, the app's token and the service principal have to agree (threats T46).
async fn of_app(graph: &Graph, subject: &Subject, own: Option<&Option<Own>>) -> Read {
    let mut read = Read {
        principal: own.map(|own| own.as_ref().map(|own| own.principal.clone())),
        ..Read::default()
    };
    let Some(app) = subject.entra_app() else {
        return read;
    };
    let found = told(graph.service_principal_by_app_id(&app.client_id).await);
    let Some(principal) = found else { return read };
    let Some(principal) = principal else {
        read.principal = Some(None);
        return read;
    };
    if own.is_none() {
        read.principal = Some(Some(principal.id.clone()));
    }
    read.permissions = told(permissions(graph, &principal).await);
    read.holders = told(holders(graph, &principal, &app.role).await);
    read
}

/// What was granted for the whole tenant. Of the app's own API at least one permission has to be: without it no token
/// for it comes.
async fn permissions(graph: &Graph, app: &ServicePrincipal) -> Result<Vec<Permission>, GraphError> {
    let grants = graph.permission_grants(&app.id).await?;
    let grants: Vec<_> = grants.iter().filter(|grant| grant.is_tenant_wide()).collect();
    let delegated: BTreeSet<&str> = grants.iter().flat_map(|grant| grant.scopes()).collect();
    let own: BTreeSet<&str> = grants
        .iter()
        .filter(|grant| grant.resource_id == app.id)
        .flat_map(|grant| grant.scopes())
        .collect();
    let offered = app.oauth2_permission_scopes.iter();
    let offered: Vec<&str> = offered.filter_map(|scope| scope.value.as_deref()).collect();
    let lacking = if offered.iter().any(|scope| own.contains(scope)) {
        Vec::new()
    } else {
        offered
    };
    let mut all: Vec<_> = delegated.iter().map(|name| permission(name, true)).collect();
    all.extend(lacking.iter().map(|name| permission(name, false)));
    all.extend(application(graph, app).await?);
    Ok(all)
}

fn permission(name: &str, granted: bool) -> Permission {
    Permission {
        name: name.to_owned(),
        kind: PermissionKind::Delegated,
        granted,
    }
}

/// Application permissions, by name.
async fn application(graph: &Graph, app: &ServicePrincipal) -> Result<Vec<Permission>, GraphError> {
    let held = graph.app_role_assignments_of(&app.id).await?;
    let apis: BTreeSet<&str> = held.iter().map(|one| one.resource_id.as_str()).collect();
    let mut names = Vec::new();
    for api in apis {
        let api = graph.service_principal(api).await?;
        let mine = |id: &str| {
            held.iter()
                .any(|one| one.resource_id == api.id && one.app_role_id == id)
        };
        let values = api.app_roles.iter().filter(|role| mine(&role.id));
        names.extend(values.filter_map(|role| role.value.clone()));
    }
    let permission = |name| Permission {
        name,
        kind: PermissionKind::Application,
        granted: true,
    };
    Ok(names.into_iter().map(permission).collect())
}

/// Who holds the role. An app that does not offer it has no holders.
async fn holders(graph: &Graph, app: &ServicePrincipal, role: &str) -> Result<Vec<Holder>, GraphError> {
    let Some(role) = app.role(role) else {
        return Ok(Vec::new());
    };
    let all = graph.app_roles_assigned_to(&app.id).await?;
    let holders = all.into_iter().filter(|one| one.app_role_id == role.id);
    let holder = |one: entra::graph::assignments::AppRoleAssignment| Holder {
        name: one
            .principal_display_name
            .unwrap_or_else(|| one.principal_id.clone()),
        id: one.principal_id,
    };
    Ok(holders.map(holder).collect())
}

/// The first few by name, without one.
pub(super) fn others(holders: &[Holder], except: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = holders
        .iter()
        .filter(|holder| Some(holder.id.as_str()) != except)
        .map(|holder| holder.name.clone())
        .collect();
    names.sort();
    names.truncate(NAMED);
    names
}
