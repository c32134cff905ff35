//! Provisioning lies in the application just created.

use super::enterprise_applications;
use leptos::prelude::*;

pub(super) fn aids() -> AnyView {
    enterprise_applications()
}
