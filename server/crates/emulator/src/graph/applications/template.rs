//! `POST /applicationTemplates/{id}/instantiate`: the non-gallery application (C5.2).

use axum::http::StatusCode;
use serde_json::json;
use uuid::{Uuid, uuid};

use super::super::call::{Answer, Answered, Call, object_id};
use super::super::error::GraphError;
use super::super::service_principals::{self, ADMINISTRATORS};
use super::super::{Graph, needs};
use super::shape;
use crate::cloud::{AppRole, MemberType};

/// The template of non-gallery applications.
const NON_GALLERY: Uuid = uuid!("8adf8e6e-67b2-4cf2-a259-e3dc5476c621");

pub(super) fn instantiate(call: &Call<'_>, id: &str) -> Answered {
    if !call.caller.has(needs::OWN_APPS) {
        call.allow(needs::WRITE_APPS)?;
    }
    call.caller.holds_role(call.cloud(), ADMINISTRATORS)?;
    if object_id(id)? != NON_GALLERY {
        return Err(GraphError::missing(id));
    }
    let name = call.need("displayName")?;
    let app = call.cloud().register(call.tenant(), name)?;
    call.graph.note_maker(app.app_id, call.caller.app);
    call.graph.delay(app.id);
    let roles = ["User", "msiam_access"].map(|name| role(call.graph, name));
    let app = call
        .cloud()
        .change_application(app.app_id, |app| app.app_roles = roles.to_vec())?;
    let principal = call.cloud().create_service_principal(call.tenant(), app.app_id)?;
    let principal = call
        .cloud()
        .change_service_principal(call.tenant(), principal.id, None, Some(true))?;
    let mut body = json!({
        "@odata.context": format!("{}/$metadata#microsoft.graph.applicationServicePrincipal", call.base),
        "application": tagged(shape::shape(&app)),
    });
    body["servicePrincipal"] = tagged(service_principals::shape(&principal, &app));
    Ok(Answer::new(StatusCode::CREATED, body))
}

fn tagged(mut object: serde_json::Value) -> serde_json::Value {
    object["applicationTemplateId"] = json!(NON_GALLERY.to_string());
    object
}

fn role(graph: &Graph, name: &str) -> AppRole {
    AppRole {
        id: graph.new_id(),
        value: None,
        display_name: name.to_owned(),
        description: name.to_owned(),
        allowed_member_types: vec![MemberType::User],
        enabled: true,
    }
}
