//! The button stands beside the two values.

use super::enterprise_applications;
use leptos::prelude::*;

pub(super) fn aids() -> AnyView {
    enterprise_applications()
}
