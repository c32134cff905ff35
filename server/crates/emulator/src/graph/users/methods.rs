//! `users/{id}/authentication/methods` (`entra-facts` C5.16). Who registered what follows from the person: it is the same
//! in every run, and a phone is one that the person has.

use serde_json::{Value, json};

use super::super::call::{Answered, Call, Kind};
use super::super::gate::moment;
use super::super::needs;
use super::find;
use crate::cloud::DirectoryRole;
use crate::rng::Rng;
use crate::tenant::{Device, Property, User};

const KIND: Kind = Kind {
    name: "microsoft.graph.authenticationMethod",
    set: "authenticationMethods",
    defaults: &[],
    mixed: true,
};

/// Everybody's password method has this id.
const PASSWORD: &str = "28c10230-6103-485e-b985-444c60001490";

/// Whom a signed-in user must be, besides having the permission.
const ADMINISTRATORS: &[DirectoryRole] = &[DirectoryRole::GlobalAdministrator];

pub(super) fn list(call: &Call<'_>, id: &str) -> Answered {
    call.allow(needs::READ_METHODS)?;
    call.caller.holds_role(call.cloud(), ADMINISTRATORS)?;
    let user = find(call, id)?;
    let directory = call.home.read();
    let devices: Vec<_> = directory.devices_of(user.id).collect();
    let methods = methods(&user, &devices);
    call.many(
        KIND,
        methods.iter(),
        |method| method["id"].as_str().unwrap_or_default().to_owned(),
        |method| (*method).clone(),
    )
}

fn method(kind: &str, id: &str, user: &User, more: Value) -> Value {
    let mut method = json!({
        "@odata.type": format!("#microsoft.graph.{kind}AuthenticationMethod"),
        "id": id,
        "createdDateTime": moment(user.created),
    });
    super::super::call::merge(&mut method, more);
    method
}

/// What somebody registered: always a password; mostly the app; a phone number that is known; a key sometimes; Windows
/// Hello with a computer that runs Windows.
fn methods(user: &User, devices: &[&Device]) -> Vec<Value> {
    let mut rng = Rng::new(user.id.0.as_u64_pair().0);
    let mut found = vec![method("password", PASSWORD, user, json!({"password": null}))];
    if !rng.one_in(4) {
        let (id, more) = (
            rng.uuid().to_string(),
            json!({"displayName": "Phone", "phoneAppVersion": "6.8.15"}),
        );
        found.push(method("microsoftAuthenticator", &id, user, more));
    }
    if let Some(number) = user.get(Property::Mobile) {
        let more =
            json!({"phoneNumber": number, "phoneType": "mobile", "smsSignInState": "notAllowedByPolicy"});
        found.push(method("phone", &rng.uuid().to_string(), user, more));
    }
    if rng.one_in(8) {
        let more = json!({"displayName": "Security key", "model": "Generic FIDO2 key", "attestationLevel": "attested"});
        found.push(method("fido2", &rng.uuid().to_string(), user, more));
    }
    for device in devices
        .iter()
        .filter(|device| device.operating_system == "Windows")
    {
        let more = json!({"displayName": device.display_name, "keyStrength": "normal"});
        found.push(method(
            "windowsHelloForBusiness",
            &rng.uuid().to_string(),
            user,
            more,
        ));
    }
    found
}
