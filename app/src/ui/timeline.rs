//! What happened, one line each, newest first.

use leptos::prelude::*;

/// The list around its lines.
pub fn timeline(lines: Vec<AnyView>) -> AnyView {
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    view! { <ol class="timeline" role="list">{lines}</ol> }.into_any()
}
