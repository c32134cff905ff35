//! What an app registration asks for, and what of it was granted.

use super::html::{Html, html};
use super::registration::{action, small};
use super::users::option;
use super::{Desk, Fields, field};
use crate::cloud::{AppRegistration, GRAPH_APP_ID, RequiredAccess, View as CloudView, graph_permission};

/// *API permissions* on a registration's page: what it asks for, and whether an administrator granted it.
pub(super) fn section(desk: &Desk, app: &AppRegistration) -> Html {
    let rows: Vec<_> = {
        let view = desk.entra().view();
        let name = |access: &RequiredAccess| {
            let resource = view.application(access.resource)?;
            let value = match access.application {
                true => resource.role(access.id)?.value.clone()?,
                false => resource.scope(access.id)?.value.clone(),
            };
            Some((resource.display_name.clone(), value))
        };
        let named = app
            .required_access
            .iter()
            .filter_map(|access| Some((*access, name(access)?)));
        named
            .map(|(access, (api, value))| (access, api, granted(&view, desk, app, access, &value), value))
            .collect()
    };
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(access, api, granted, value)| permission(desk, app, access, (&api, &value), granted))
        .collect();
    html!(
        "<section><h2>API permissions</h2>" [rows.is_empty().then(|| html!("<p class=\"empty\">None yet.</p>"))]
        [(!rows.is_empty()).then(|| html!(
            "<div class=\"scroll\"><table><thead><tr><th>API</th><th>Permission</th><th>Type</th><th>Status</th><td></td></tr></thead><tbody>"
            [rows] "</tbody></table></div>"
        ))]
        "<form method=\"post\" action=\"" (action(app, "add-permission")) "\" class=\"row\"><div class=\"field\">"
        "<label for=\"permission\">Microsoft Graph permission</label><input id=\"permission\" name=\"permission\" list=\"permissions\" "
        "required autocomplete=\"off\"></div><div class=\"field\"><label for=\"kind\">Type</label><select id=\"kind\" name=\"kind\">"
        [option("delegated", "Delegated", true)] [option("application", "Application", false)] "</select></div><button>Add</button></form>"
        "<datalist id=\"permissions\">"
        [crate::cloud::GRAPH_PERMISSIONS.iter().map(|known| html!("<option value=\"" (known.name) "\"></option>"))] "</datalist>"
        "<div class=\"buttons\"><form method=\"post\" action=\"" (action(app, "grant")) "\" class=\"one\"><button>Grant admin consent for "
        (desk.tenant().name()) "</button></form></div></section>"
    )
}

fn permission(
    desk: &Desk,
    app: &AppRegistration,
    access: RequiredAccess,
    (api, value): (&str, &str),
    granted: bool,
) -> Html {
    html!(
        "<tr><td>" (api) "</td><td><code>" (value) "</code></td><td>" (if access.application { "Application" } else { "Delegated" })
        "</td><td>" [status(desk, granted)] "</td><td class=\"end\">"
        [small(app, "remove-permission", &access.id.to_string(), "Remove", value)] "</td></tr>"
    )
}

fn status(desk: &Desk, granted: bool) -> Html {
    if granted {
        html!("<span class=\"badge good\">Granted for " (desk.tenant().name()) "</span>")
    } else {
        html!("<span class=\"badge warn\">Not granted for " (desk.tenant().name()) "</span>")
    }
}

/// Whether the whole tenant granted it: an assignment of the role, or a grant of the scope for everybody.
fn granted(
    view: &CloudView<'_>,
    desk: &Desk,
    app: &AppRegistration,
    access: RequiredAccess,
    value: &str,
) -> bool {
    let tenant = desk.tenant().id();
    let Some(own) = view.service_principal_of(tenant, app.app_id) else {
        return false;
    };
    if access.application {
        return view
            .app_role_assignments(tenant)
            .any(|held| held.principal_id == own.id && held.app_role_id == access.id);
    }
    view.permission_grants(tenant)
        .filter(|grant| grant.client_id == own.id && grant.principal_id.is_none())
        .any(|grant| grant.scopes().any(|scope| scope.eq_ignore_ascii_case(value)))
}

/// The permission of Microsoft Graph that a form names.
pub(super) fn chosen(fields: &Fields) -> Result<RequiredAccess, String> {
    let name = field(fields, "permission");
    let application = field(fields, "kind") == "application";
    let known = graph_permission(name).ok_or_else(|| format!("There is no permission “{name}”."))?;
    let id = if application {
        known.application
    } else {
        known.delegated
    };
    let id = id.ok_or_else(|| format!("{} does not exist as this type.", known.name))?;
    Ok(RequiredAccess {
        resource: GRAPH_APP_ID,
        id,
        application,
    })
}
