//! Which tenant a page is about. Lists are told by `?tenant=`, pages of an object find the tenant by its id, so that
//! every address can be linked to; nothing is remembered.

use super::Desk;
use super::html::{Html, html};
use super::layout::{Place, heading, page};
use crate::tenant::{ObjectId, Tenant};

impl Desk {
    /// The same in the tenant of this id or domain; Contoso if there is none.
    pub(super) fn within(&self, name: &str) -> Self {
        self.moved(self.entra().tenant_named(name))
    }

    /// The same in the tenant that has this user, group or device.
    pub(super) fn of_object(&self, id: &str) -> Self {
        let Ok(id) = id.parse::<ObjectId>() else {
            return self.clone();
        };
        let has = |tenant: &&Tenant| {
            let directory = tenant.read();
            directory.user(id).is_some() || directory.group(id).is_some() || directory.device(id).is_some()
        };
        self.moved(self.entra().tenants().iter().find(has))
    }

    /// The same in this tenant.
    pub(super) fn moved(&self, to: Option<&Tenant>) -> Self {
        let mut desk = self.clone();
        if let Some(tenant) = to {
            desk.at = tenant.clone();
        }
        desk
    }

    /// A path of this tenant.
    pub(crate) fn here(&self, path: &str) -> String {
        if self.provisions() {
            return path.to_owned();
        }
        let sign = if path.contains('?') { '&' } else { '?' };
        format!("{path}{sign}tenant={}", self.tenant().domain())
    }

    /// The tenant as a field of a form.
    pub(super) fn hidden(&self) -> Html {
        html!("<input type=\"hidden\" name=\"tenant\" value=\"" (self.tenant().domain()) "\">")
    }
}

/// The home page of a tenant without a provisioning job.
pub(super) fn home(desk: &Desk, note: Option<u64>) -> Html {
    let tenant = desk.tenant();
    let users = tenant.read().users().count();
    let principals = desk.entra().view().service_principals(tenant.id()).count();
    let body = html!(
        [heading(&[], tenant.name())]
        "<div class=\"cards\">" [card(&desk.here("/users"), "Users", users)]
        [card(&desk.here("/devices"), "Devices", tenant.read().devices().count())]
        [card(&desk.here("/enterprise-applications"), "Enterprise applications", principals)] "</div>"
        "<section><h2>Tenant</h2><dl class=\"facts\"><dt>Tenant ID</dt><dd><code>" (tenant.id()) "</code></dd>"
        "<dt>Primary domain</dt><dd><code>" (tenant.domain()) "</code></dd></dl></section>"
    );
    page(desk, Place::Home, "Home", note, body)
}

fn card(path: &str, what: &'static str, count: usize) -> Html {
    html!(
        "<a class=\"card\" href=\"" (path) "\"><span class=\"what\">" (what) "</span><span class=\"big\">" (count) "</span></a>"
    )
}
