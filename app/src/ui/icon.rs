//! One icon of the sprite in `public/icons.svg`. An icon only repeats what a word beside it says.

use crate::asked::Asked;
use contract::directories::Provider;
use leptos::prelude::*;

/// An icon of 16 pixels.
pub fn icon(name: &'static str) -> AnyView {
    view! {
        <svg class="icon" width="16" height="16" aria-hidden="true">
            <use href=address(name)></use>
        </svg>
    }
    .into_any()
}

/// A provider's mark: a letterform of our own, not its maker's trademark.
pub fn provider_mark(provider: Provider) -> AnyView {
    view! {
        <svg class="provider-mark" width="32" height="32" aria-hidden="true">
            <use href=address(provider.slug())></use>
        </svg>
    }
    .into_any()
}

fn address(name: &str) -> String {
    let icons = Asked::here().map_or_else(|| "/icons.svg".to_owned(), |asked| asked.site.icons.clone());
    format!("{icons}#{name}")
}
