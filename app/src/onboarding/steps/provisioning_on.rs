//! The switch lies on the overview of Provisioning.

use super::enterprise_applications;
use leptos::prelude::*;

pub(super) fn aids() -> AnyView {
    enterprise_applications()
}
