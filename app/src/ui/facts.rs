//! A definition list: names on the left, what they stand for on the right.

use leptos::prelude::*;

/// The list around its [`fact`]s.
pub fn facts(rows: Vec<AnyView>) -> AnyView {
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

/// One name and what it stands for.
pub fn fact(name: impl Into<String>, value: AnyView) -> AnyView {
    let name: String = name.into();
    view! {
        <div class="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}
