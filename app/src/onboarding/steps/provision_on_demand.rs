//! Provision on demand lies below the application's Provisioning.

use super::enterprise_applications;
use leptos::prelude::*;

pub(super) fn aids() -> AnyView {
    enterprise_applications()
}
