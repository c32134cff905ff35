//! What stands where a list would: why it is empty, and what to do next.

use super::icon;
use leptos::prelude::*;

/// An empty state with at most one way on.
pub fn empty_state(
    mark: &'static str,
    title: String,
    text: &'static str,
    action: Option<AnyView>,
) -> AnyView {
    view! {
        <div class="empty-state">
            {icon(mark)}
            <h2>{title}</h2>
            {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            {action}
        </div>
    }
    .into_any()
}
