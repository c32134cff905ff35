//! Where one user is pushed, each provider decides for itself: there is no page to lead to.

use leptos::prelude::*;

pub(super) fn aids() -> AnyView {
    ().into_any()
}
