//! Tabs that are links: each is a page of its own.

use leptos::prelude::*;

/// One tab.
pub struct Tab {
    /// What it is called.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Is it the page one is on?
    pub current: bool,
}

/// A row of tabs; `label` says of what.
pub fn tabs(label: &'static str, tabs: Vec<Tab>) -> AnyView {
    let links: Vec<_> = tabs
        .into_iter()
        .map(|tab| {
            view! {
                <li>
                    <a href=tab.href aria-current=tab.current.then_some("page")>{tab.label}</a>
                </li>
            }
        })
        .collect();
    view! {
        <nav class="tabs" aria-label=label>
            <ul role="list">{links}</ul>
        </nav>
    }
    .into_any()
}
