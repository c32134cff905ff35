//! Client secrets (C5.14): the value is shown once.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::json;

use super::super::call::{Answer, Answered, Call, merge, object_id};
use super::super::error::GraphError;
use super::{changeable, shape};

pub(super) fn add(call: &Call<'_>, key: &str) -> Answered {
    let app = changeable(call, key)?;
    let wanted = &call.body["passwordCredential"];
    let name = wanted["displayName"].as_str().unwrap_or_default();
    let end = wanted["endDateTime"]
        .as_str()
        .map(str::parse::<Timestamp>)
        .transpose();
    let end = end.map_err(|_| GraphError::bad("Invalid value specified for property 'endDateTime'."))?;
    let secret = call.cloud().add_secret(app.app_id, name, end)?;
    let mut body =
        json!({"@odata.context": format!("{}/$metadata#microsoft.graph.passwordCredential", call.base)});
    merge(&mut body, shape::password(&secret));
    body["secretText"] = json!(secret.value);
    Ok(Answer::new(StatusCode::OK, body))
}

pub(super) fn remove(call: &Call<'_>, key: &str) -> Answered {
    let app = changeable(call, key)?;
    let key_id = object_id(call.need("keyId")?)?;
    call.cloud()
        .remove_secret(app.app_id, key_id)
        .map_err(|_| GraphError::bad(format!("No password credential found with keyId {key_id}.")))?;
    Ok(Answer::nothing())
}
