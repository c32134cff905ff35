//! Who is assigned is chosen in the application itself.

use super::enterprise_applications;
use leptos::prelude::*;

pub(super) fn aids() -> AnyView {
    enterprise_applications()
}
