//! `/devices`, and whose they are: `registeredOwners` and `registeredUsers`, `ownedDevices` and `registeredDevices`.

use axum::http::Method;
use serde_json::{Value, json};

use super::call::{Answered, Call, Kind, object_id};
use super::delta::{self, Set};
use super::error::GraphError;
use super::gate::moment;
use super::groups::{tagged, typed};
use super::query::pick;
use super::routes::Routed;
use super::{needs, users};
use crate::tenant::{Device, Directory, ObjectId, User};

/// How devices are written.
pub(super) const KIND: Kind = Kind {
    name: "microsoft.graph.device",
    set: "devices",
    defaults: &[],
    mixed: false,
};

pub(super) fn answer(call: &Call<'_>, rest: &[&str]) -> Routed {
    if call.method != Method::GET {
        return None;
    }
    Some(match rest {
        [] => list(call),
        ["$count"] => count(call),
        ["delta"] => return delta::answer(call, Set::Devices),
        [id] => one(call, id),
        [id, "registeredOwners" | "registeredUsers", cast @ ..] => owners(call, id, cast),
        _ => return None,
    })
}

/// A device in full.
pub(super) fn shape(device: &Device) -> Value {
    json!({
        "id": device.id,
        "deletedDateTime": null,
        "accountEnabled": device.account_enabled,
        "approximateLastSignInDateTime": moment(device.last_sign_in),
        "deviceId": device.device_id.to_string(),
        "displayName": device.display_name,
        "isCompliant": device.compliant,
        "isManaged": device.managed,
        "manufacturer": null,
        "model": null,
        "operatingSystem": device.operating_system,
        "operatingSystemVersion": device.operating_system_version,
        "physicalIds": [format!("[GID]:g:{}", device.device_id.as_u64_pair().0)],
        "profileType": "RegisteredDevice",
        "registrationDateTime": moment(device.registered),
        "trustType": device.trust_type,
    })
}

fn expanded(call: &Call<'_>, directory: &Directory, device: &Device) -> Value {
    let mut object = shape(device);
    let names = ["registeredOwners", "registeredUsers"];
    for expand in call
        .options
        .expand
        .iter()
        .filter(|expand| names.contains(&expand.name.as_str()))
    {
        let owner = owner(directory, device).map(|user| as_object(call, user));
        let cut = |user: Value| match &expand.select {
            Some(names) => pick(user, names.iter().map(String::as_str)),
            None => user,
        };
        object[&expand.name] = owner.into_iter().map(cut).collect();
    }
    object
}

fn owner<'a>(directory: &'a Directory, device: &Device) -> Option<&'a User> {
    let user = directory.user(device.owner?)?;
    user.deleted.is_none().then_some(user)
}

fn as_object(call: &Call<'_>, user: &User) -> Value {
    let whole = users::shape(user, users::limited(call, user));
    let readable = call.caller.has(needs::READ_USERS_BASIC);
    // Who may not read users gets no more than the id.
    let object = match (readable, &call.options.select) {
        (false, _) => pick(whole, std::iter::once("id")),
        (true, Some(_)) => whole,
        (true, None) => pick(whole, users::KIND.defaults.iter().copied()),
    };
    tagged("#microsoft.graph.user", object)
}

fn list(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_DEVICES)?;
    let directory = call.home.read();
    let shape = |device: &&Device| expanded(call, &directory, device);
    call.many(KIND, directory.devices(), |device| device.id.to_string(), shape)
}

fn count(call: &Call<'_>) -> Answered {
    call.allow(needs::READ_DEVICES)?;
    call.count(call.home.read().devices(), |device| shape(device))
}

/// By object id or `deviceId=…`.
fn find(call: &Call<'_>, key: &str) -> Result<Device, GraphError> {
    let directory = call.home.read();
    let found = match key.strip_prefix("deviceId=") {
        Some(own) => {
            let own = object_id(own)?;
            directory.devices().find(|device| device.device_id == own)
        }
        None => directory.device(ObjectId(object_id(key)?)),
    };
    found.cloned().ok_or_else(|| GraphError::missing(key))
}

fn one(call: &Call<'_>, key: &str) -> Answered {
    call.allow(needs::READ_DEVICES)?;
    let device = find(call, key)?;
    call.one(KIND, expanded(call, &call.home.read(), &device))
}

fn owners(call: &Call<'_>, key: &str, cast: &[&str]) -> Answered {
    call.allow(needs::READ_DEVICES)?;
    let device = find(call, key)?;
    let directory = call.home.read();
    let owner = owner(&directory, &device).map(|user| as_object(call, user));
    typed(call, owner.into_iter(), cast)
}

/// `users/{id}/ownedDevices` and `registeredDevices`.
pub(super) fn of_user(call: &Call<'_>, user: &User, cast: &[&str]) -> Routed {
    let readable = call.caller.has(needs::READ_DEVICES);
    let directory = call.home.read();
    let devices = directory.devices_of(user.id).map(|device| {
        let whole = shape(device);
        let object = if readable {
            whole
        } else {
            pick(whole, std::iter::once("id"))
        };
        tagged("#microsoft.graph.device", object)
    });
    Some(typed(call, devices, cast))
}
