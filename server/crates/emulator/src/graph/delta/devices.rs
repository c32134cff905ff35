//! A device in a delta.

use super::super::devices::shape;
use super::item::{Item, Wanted};
use crate::tenant::{ChangeKind, Device};

const NAMES: &[&str] = &[
    "id",
    "accountEnabled",
    "approximateLastSignInDateTime",
    "deletedDateTime",
    "deviceId",
    "displayName",
    "isCompliant",
    "isManaged",
    "manufacturer",
    "model",
    "operatingSystem",
    "operatingSystemVersion",
    "physicalIds",
    "profileType",
    "registrationDateTime",
    "trustType",
];

pub(super) fn known(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Whether the log's entry is about a device.
pub(super) fn concerns(kind: &ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::DeviceAdded | ChangeKind::DeviceUpdated | ChangeKind::DeviceDeleted
    )
}

/// The device as the caller wants it.
pub(super) fn item(device: &Device, wanted: Wanted<'_>) -> Item {
    let mut item = Item::new(device.id);
    let whole = shape(device);
    for (name, value) in whole
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "id")
    {
        if !value.is_null() && wanted.take(name, true).is_some() {
            item.raw(name, &value.to_string());
        }
    }
    item
}
